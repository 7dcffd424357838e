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

const inOrder = (faults: readonly LintFault[]): readonly LintFault[] => {
  const files = [...new Set(faults.map(({ file }) => file))]
  return faults.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  )
}

/** Published lists name some ranges twice; that is theirs to mend, and costs nothing once they are joined. */
const isPublished = ({ file, code }: LintFault): boolean => code === 'overlap' && file.startsWith('(data)/')

/** Thresholds that do not stand in the document are those of Anubis; nobody can change them. */
const isTheirs = ({ path }: Finding, { places, anubis }: LoadedGood): boolean =>
  anubis && path[0] === 'thresholds' && places.get(['thresholds']) === undefined

/** All findings of a configuration, each once, file by file in the order in which they stand. */
export const lintOf = (loaded: LoadedGood): readonly LintFault[] => {
  const { config, places } = loaded
  const parts = partsOf(config)
  const own = parts.flatMap(({ policy, pathOf }) =>
    lintPolicy(policy)
      .filter((finding) => !isTheirs(finding, loaded))
      .map((finding): Finding => ({ ...finding, path: pathOf(finding.path) })),
  )
  const policies = parts.map(({ policy }) => policy)
  const faults = [...own, ...unusedFindings(policies, Object.keys(config.lists))].map(
    ({ code, path, message }): LintFault => ({ ...places.nearest(path).key, code, message }),
  )
  const told = faults.filter((fault) => !isPublished(fault))
  return inOrder([...new Map(told.map((fault) => [lintText(fault), fault])).values()])
}

/** `file:line:column: warning: message [code]` */
export const lintText = ({ code, message, ...place }: LintFault): string =>
  faultText({ ...place, message: `warning: ${message} [${code}]` })
