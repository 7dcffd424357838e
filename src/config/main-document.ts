import { anubisShapes, createOwnKeys, isAnubisPolicy } from './anubis.ts'
import type { OwnKeys } from './anubis.ts'
import { documentDataOf } from './document.ts'
import type { DocumentData, YamlText } from './document.ts'
import type { Environment } from './environment.ts'
import type { Fault } from './fault.ts'
import { createPlaces } from './places.ts'
import type { JsonSchema } from './schema.ts'
import type { Reading } from './walk.ts'

/** The document of the file that was named. */
export interface MainDocument extends Omit<DocumentData, 'data'> {
  readonly data: Readonly<Record<string, unknown>>
  readonly reading: Reading
  readonly ownKeys: OwnKeys
  /** False when nothing more can be said of the document than its faults. */
  readonly readable: boolean
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An empty document is an empty mapping. */
const asMapping = ({
  data,
  places,
  faults,
}: DocumentData): Pick<MainDocument, 'data' | 'faults' | 'readable'> => {
  if (data === undefined) return { data: {}, faults, readable: false }
  if (data === null) return { data: {}, faults, readable: true }
  if (isMapping(data)) return { data, faults, readable: true }
  const { value, shown } = places.nearest([])
  const fault: Fault = { ...value, message: `must be a mapping of keys to values, got ${shown}` }
  return { data: {}, faults: [...faults, fault], readable: false }
}

const secondDocument = ({ documents, at }: YamlText): Fault[] => {
  const second = documents[1]
  if (second === undefined) return []
  return [
    { ...at(second.range?.[0] ?? 0), message: 'a second document starts here; one file holds one document' },
  ]
}

/** Finds out what kind of file it is, and reads it as that. */
export const mainDocumentOf = (yaml: YamlText, env: Environment, schema: JsonSchema): MainDocument => {
  const ownKeys = createOwnKeys(schema)
  const [document] = yaml.documents
  if (document === undefined) {
    const start = { file: yaml.file, line: 1, column: 1 }
    const places = createPlaces({ key: start, value: start, shown: 'nothing' })
    const readable = yaml.faults.length === 0
    return { data: {}, places, faults: yaml.faults, warnings: [], reading: 'own', ownKeys, readable }
  }
  const own = documentDataOf({ yaml, document, env, schema, reading: 'own' })
  // Anubis reads the first document of a file and no more.
  if (isAnubisPolicy(own.data, ownKeys)) {
    const anubis = documentDataOf({ yaml, document, env, schema: anubisShapes(schema), reading: 'anubis' })
    return { ...anubis, ...asMapping(anubis), reading: 'anubis', ownKeys }
  }
  const second = secondDocument(yaml)
  const read = asMapping(own)
  const faults = [...read.faults, ...second]
  return { ...own, ...read, faults, readable: read.readable && second.length === 0, reading: 'own', ownKeys }
}
