import { createJudge } from '../../app/judge.ts'
import type { JudgeParts, Judgement } from '../../app/judge.ts'
import type { Config } from '../../config/schema.ts'
import type { Asked } from './asked.ts'
import { judgedJson, unruledJson } from './json.ts'
import type { ExplainedJson } from './json.ts'
import { judgedText, unruledText } from './report.ts'

/** Tells the way of requests through one configuration. */
export interface Explainer {
  /** Aligned columns of at most 100 characters. */
  text(asked: Asked): Promise<string>
  /** What `--json` prints. */
  json(asked: Asked): Promise<ExplainedJson>
}

/** `file:line` of the rule that decided; every rule that was tried has one step, in the order of the rules. */
const originOf = (config: Config, { site, verdict, trail }: Judgement): string | undefined => {
  const { origins } = config.sites.find(({ name }) => name === site.name) ?? config
  const index = trail.findIndex(({ rule, matched }) => matched && rule === verdict.rule)
  const origin = origins[index]
  return origin === undefined ? undefined : `${origin.file}:${origin.line}`
}

/** @throws when a policy does not compile; loading the configuration has told why. */
export const createExplainer = (parts: JudgeParts): Explainer => {
  const { config } = parts
  const judge = createJudge(parts)
  return {
    async text(asked) {
      const answerer = judge.answererOf(asked.facts)
      if (answerer !== 'rules') return unruledText(asked, answerer)
      const judgement = await judge.judge(asked.facts)
      return judgedText(asked, judgement, originOf(config, judgement))
    },
    async json(asked) {
      const answerer = judge.answererOf(asked.facts)
      if (answerer !== 'rules') return unruledJson(asked, answerer)
      const judgement = await judge.judge(asked.facts)
      return judgedJson(asked, judgement, originOf(config, judgement))
    },
  }
}
