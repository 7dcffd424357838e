/** Tables of decisions: YAML files, each a list of policies with requests and what must become of them. */
import { parse } from 'yaml'
import { z } from 'zod'
import { COUNTED } from '../../../src/policy/senses.ts'

const texts = z.array(z.string())

const requestSchema = z.strictObject({
  method: z.string().prefault('GET'),
  target: z.string().startsWith('/').prefault('/'),
  host: z.string().prefault('a.example'),
  ip: z.string().prefault('192.0.2.1'),
  /** A list stands for several lines of that name. */
  headers: z.record(z.string(), z.union([z.string(), texts])).prefault({}),
})

const expectedSchema = z.strictObject({
  action: z.enum(['allow', 'deny', 'challenge']),
  rule: z.string(),
  weight: z.int().exactOptional(),
  work: z.int().exactOptional(),
  /** Rules that must have been marked on the way, in their order. */
  failed: texts.exactOptional(),
  observed: texts.exactOptional(),
  unverified: texts.exactOptional(),
})

const rowSchema = z.strictObject({
  request: requestSchema.prefault({}),
  expect: expectedSchema,
  why: z.string().min(1),
})

/** What is known of the world; all else is not. */
const sensesSchema = z.strictObject({
  /** By address. */
  country: z.record(z.string(), z.string()).prefault({}),
  asn: z.record(z.string(), z.int()).prefault({}),
  /** Names that an address claims. */
  names: z.record(z.string(), texts).prefault({}),
  /** Addresses that a name leads to. */
  addresses: z.record(z.string(), texts).prefault({}),
  /** Addresses on the DNS block list. */
  blocked: z.record(z.string(), z.string()).prefault({}),
  /** Addresses by list. */
  lists: z.record(z.string(), texts).prefault({}),
  /** What was counted of everybody, whatever the window. */
  counts: z.partialRecord(z.enum(COUNTED), z.int()).prefault({}),
  load: z.tuple([z.number(), z.number(), z.number()]).prefault([0, 0, 0]),
  random: z.number().prefault(0.5),
  /** Names and addresses about which no name server answers. */
  failing: texts.prefault([]),
})

const tableSchema = z.strictObject({
  name: z.string().min(1),
  /** A whole policy file: as a mapping, or as its text where the spelling matters. */
  policy: z.union([z.record(z.string(), z.unknown()), z.string()]),
  /** Whether the file must be read as one of Anubis's. */
  anubis: z.boolean(),
  senses: sensesSchema.prefault({}),
  /** What the configuration must hold besides its rules. */
  config: z.record(z.string(), z.unknown()).prefault({}),
  /** Parts of warnings that must be told. */
  warnings: texts.prefault([]),
  /** A part of the fault for which the file must be refused; such a table has no cases. */
  refused: z.string().min(1).exactOptional(),
  cases: z.array(rowSchema).prefault([]),
})

export type Row = z.output<typeof rowSchema>
export type Expected = Row['expect']
export type KnownWorld = z.output<typeof sensesSchema>
export type Table = z.output<typeof tableSchema> & { readonly file: string }

/** @throws for a file that is no list of tables. */
export const readTables = (file: string, text: string): Table[] =>
  z
    .array(tableSchema)
    .parse(parse(text))
    .map((table) => ({ ...table, file }))
