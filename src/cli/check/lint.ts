import { faultText } from '../../config/fault.ts'
import type { Fault } from '../../config/fault.ts'
import type { LoadedGood } from '../../config/load.ts'
import type { Path } from '../../config/places.ts'
import type { Config } from '../../config/schema.ts'
import { lintPolicy, unusedFindings } from '../../policy/lint.ts'
import type { Code, Finding, LintedPolicy } from '../../policy/lint.ts'

/** A finding and where it stands. */
export interface LintFault extends Fault {
  readonly code: Code
}

/** A policy of the configuration, and the path of its parts in the document. */
interface Part {
  readonly policy: LintedPolicy
  readonly pathOf: (path: Path) => Path
}

/** What a site does not say itself stands at the top level. */
const partsOf = (config: Config): readonly Part[] => {
  const { conditions } = config
  const top: Part = { policy: { ...config, rules: config.bots }, pathOf: (path) => path }
  const sites = config.sites.map((site): Part => {
    const own = (section: unknown): boolean =>
      (section === 'bots' && site.bots !== config.bots) ||
      (section === 'thresholds' && site.thresholds !== config.thresholds)
    return {
      policy: { ...site, rules: site.bots, conditions },
      pathOf: (path) => (own(path[0]) ? ['sites', site.name, ...path] : path),
    }
  })
  return [top, ...sites]
}

/** All findings of a configuration, each once, in the order in which they stand. */
export const lintOf = ({ config, places }: LoadedGood): readonly LintFault[] => {
  const at = ({ code, message }: Finding, path: Path): LintFault => ({
    ...places.nearest(path).key,
    code,
    message,
  })
  const parts = partsOf(config)
  const policies = parts.map(({ policy }) => policy)
  const found = [
    ...parts.flatMap(({ policy, pathOf }) =>
      lintPolicy(policy).map((finding) => at(finding, pathOf(finding.path))),
    ),
    ...unusedFindings(policies, []).map((finding) => at(finding, finding.path)),
  ]
  return [...new Map(found.map((fault) => [`${faultText(fault)} ${fault.code}`, fault])).values()]
}

/** `file:line:column: warning: message [code]` */
export const lintText = ({ code, message, ...place }: LintFault): string =>
  faultText({ ...place, message: `warning: ${message} [${code}]` })
