import { generateKeyPair } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { calculateJwkThumbprint } from 'jose'
import type { Command } from './command.ts'
import { parseFlags } from './flags.ts'
import { fail, reasonOf, refuseUsage } from './outcome.ts'

const generate = promisify(generateKeyPair)

const fingerprintOf = async (key: KeyObject): Promise<string> =>
  calculateJwkThumbprint({ ...key.export({ format: 'jwk' }), kty: 'OKP' })

export const keygenCommand: Command = {
  name: 'keygen',
  summary: 'make a private key that signs passes',
  usage: `tollgate keygen [--out FILE]

Makes an Ed25519 private key (PKCS#8, PEM) for pass.key_file. With --out it is written to a new file that only its
owner may read, and the fingerprint of the public key (RFC 7638 thumbprint) is printed; an existing file is never
overwritten. Without --out the key is printed on standard output and the fingerprint on standard error.

  --out FILE   file to write
`,
  async run(args, io) {
    const flags = parseFlags(args, { options: { out: { type: 'string' } }, positionals: [0, 0] })
    if (!flags.ok) return refuseUsage(io, keygenCommand, flags.fault)
    const { privateKey, publicKey } = await generate('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const fingerprint = `${await fingerprintOf(publicKey)}\n`
    const file = flags.value.text('out')
    if (file === undefined) {
      io.out(pem)
      io.err(fingerprint)
      return 0
    }
    try {
      await writeFile(file, pem, { mode: 0o600, flag: 'wx' })
    } catch (error) {
      return fail(io, keygenCommand, `${file}: ${reasonOf(error)}`)
    }
    io.out(fingerprint)
    return 0
  },
}
