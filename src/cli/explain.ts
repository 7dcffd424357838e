import { existsSync } from 'node:fs'
import { bad, good } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import type { HeaderLine } from '../client/joined-headers.ts'
import { faultText } from '../config/fault.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { loadKeyMaterial } from '../pass/keys.ts'
import type { KeyMaterial } from '../pass/keys.ts'
import type { Command, Io } from './command.ts'
import { askedOf, parseHeaderLine, USUAL_IP } from './explain/asked.ts'
import type { Asked } from './explain/asked.ts'
import { createExplainer } from './explain/explainer.ts'
import { createLoneSenses } from './explain/senses.ts'
import { parseFlags } from './flags.ts'
import type { Flags } from './flags.ts'
import { fail, reasonOf, refuseUsage } from './outcome.ts'

const OPTIONS = {
  url: { type: 'string' },
  method: { type: 'string' },
  header: { type: 'string', multiple: true },
  ip: { type: 'string' },
  config: { type: 'string' },
  pass: { type: 'string' },
  json: { type: 'boolean' },
  'no-dns': { type: 'boolean' },
} as const

const METHOD = /^[A-Za-z-]{1,40}$/

/** `name=value`, as `tollgate solve` prints it, is a cookie; all else a token. */
const passLine = (pass: string): HeaderLine =>
  pass.includes('=') ? ['Cookie', pass] : ['Authorization', `Tollgate ${pass}`]

const headersOf = (flags: Flags): Parsed<HeaderLine[]> => {
  const lines: HeaderLine[] = []
  for (const text of flags.texts('header')) {
    const line = parseHeaderLine(text)
    if (!line.ok) return line
    lines.push(line.value)
  }
  const pass = flags.text('pass')
  return good(pass === undefined ? lines : [...lines, passLine(pass)])
}

const askedBy = (flags: Flags, { trusted_proxies: trusted }: Config): Parsed<Asked> => {
  const url = flags.text('url')
  if (url === undefined) return bad('--url is missing')
  const method = flags.text('method')
  if (method !== undefined && !METHOD.test(method)) return bad('--method must be a method such as GET')
  const headers = headersOf(flags)
  if (!headers.ok) return headers
  return askedOf(
    { url, method: method?.toUpperCase(), headers: headers.value, ip: flags.text('ip') },
    trusted,
  )
}

/** Loading a key that is not there would make one; nothing here may leave a trace. */
const keysOf = ({ pass }: Config): { readonly keys?: KeyMaterial } =>
  pass.key_file !== undefined && existsSync(pass.key_file) ? { keys: loadKeyMaterial(pass.key_file) } : {}

const configOf = (file: string | undefined, io: Io): Config | undefined => {
  const loaded = loadConfig({ ...(file === undefined ? {} : { file }), env: io.env })
  if (loaded.ok) return loaded.config
  for (const fault of loaded.faults) io.err(`${faultText(fault)}\n`)
  return undefined
}

export const explainCommand: Command = {
  name: 'explain',
  summary: "tell one request's way through the rules",
  usage: `tollgate explain --url URL [--method M] [--header 'NAME: VALUE']… [--ip ADDRESS] [--config FILE]

Tells what is believed of a client, every rule that is tried and why it matches or not, the weight, and what becomes
of the request, exactly as the gateway with this configuration would decide. Nothing is sent and nothing is written.
What is counted of clients (rates) starts at this one request; of lists the copies on this machine are asked.

  --url URL         a path such as /a?b, or a URL with http:// or https://
  --method M        the method (default GET)
  --header LINE     a header of the request; may stand several times. None is added but Host
  --ip ADDRESS      who connects (default ${USUAL_IP}); X-Forwarded-… is believed of trusted_proxies only
  --config FILE     configuration file (default: the built-in defaults)
  --pass TOKEN      a pass, as a token or as NAME=VALUE; checked when pass.key_file is there
  --no-dns          ask no name server: no name of an address is known
  --json            print {action, rule, weight, level, trail, …} instead
`,
  async run(args, io) {
    const flags = parseFlags(args, { options: OPTIONS, positionals: [0, 0] })
    if (!flags.ok) return refuseUsage(io, explainCommand, flags.fault)
    if (flags.value.text('url') === undefined) return refuseUsage(io, explainCommand, '--url is missing')
    const config = configOf(flags.value.text('config'), io)
    if (config === undefined) return 1
    const asked = askedBy(flags.value, config)
    if (!asked.ok) return refuseUsage(io, explainCommand, asked.fault)
    const asksDns = !flags.value.has('no-dns')
    try {
      await using lone = await createLoneSenses(config, asksDns)
      for (const list of lone.missing)
        io.err(`tollgate explain: no copy of the list ${list} is here; nobody stands on it\n`)
      const explainer = createExplainer({
        config,
        senses: lone.senses,
        wallClock: Date.now,
        ...keysOf(config),
      })
      io.out(
        flags.value.has('json')
          ? `${JSON.stringify(await explainer.json(asked.value), null, 2)}\n`
          : await explainer.text(asked.value),
      )
      return 0
    } catch (cause) {
      return fail(io, explainCommand, reasonOf(cause))
    }
  },
}
