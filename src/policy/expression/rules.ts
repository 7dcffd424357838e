import { CONVERSIONS } from './functions/conversions.ts'
import { DNS } from './functions/dns.ts'
import { REQUEST } from './functions/request.ts'
import { STRINGS } from './functions/strings.ts'
import { TIME } from './functions/time.ts'
import { RULE_FORMS } from './forms.ts'
import type { RequestValues } from './request-values.ts'
import { createVocabulary } from './vocabulary.ts'
import type { Variable, Vocabulary } from './vocabulary.ts'

type Variables = Readonly<Record<string, Variable<RequestValues>>>

const VARIABLES: Variables = {
  remoteAddress: { type: 'string', read: ({ source }) => source.facts.client.address.text },
  contentLength: { type: 'int', read: ({ source }) => source.contentLength },
  host: { type: 'string', read: ({ source }) => source.facts.client.host },
  scheme: { type: 'string', read: ({ source }) => source.facts.client.scheme },
  method: { type: 'string', read: ({ source }) => source.facts.method },
  userAgent: { type: 'string', read: ({ source }) => source.facts.userAgent },
  path: { type: 'string', read: ({ path }) => path },
  query: { type: 'map<string, string>', read: ({ source }) => source.query },
  headers: { type: 'map<string, string>', read: ({ source }) => source.headers },
  load_1m: { type: 'double', read: ({ senses }) => senses.load()[0] },
  load_5m: { type: 'double', read: ({ senses }) => senses.load()[1] },
  load_15m: { type: 'double', read: ({ senses }) => senses.load()[2] },
  country: {
    type: 'string',
    read: ({ senses, source }) => senses.country(source.facts.client.address) ?? '',
  },
  asn: { type: 'int', read: ({ senses, source }) => BigInt(senses.asn(source.facts.client.address) ?? 0) },
}

/** What the expressions of rules can name: the census of Anubis, and `scheme`, `country`, `asn` and `rate`. */
export const RULE_VOCABULARY: Vocabulary<RequestValues> = createVocabulary({
  variables: VARIABLES,
  functions: { ...CONVERSIONS, ...STRINGS, ...TIME, ...REQUEST, ...DNS },
  forms: RULE_FORMS,
})
