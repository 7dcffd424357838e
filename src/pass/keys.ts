import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** Plain data, so that it can be handed to a worker thread. */
export interface KeyMaterial {
  /** Ed25519 private key, PKCS#8 PEM. */
  readonly pem: string
  /** False when the key is lost with the process. */
  readonly kept: boolean
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' })

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

const keyIn = (pem: string): KeyObject | undefined => {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

const parsed = (pem: string, file: string): KeyObject => {
  const key = keyIn(pem)
  if (key?.asymmetricKeyType === 'ed25519') return key
  throw new TypeError(`${file} holds no Ed25519 private key (PKCS#8, PEM); tollgate keygen makes one`)
}

/**
 * The key of `file`; a missing file is written once (mode 0600). Without a file the key lives in memory only.
 *
 * @throws when the file cannot be read or written, or holds no Ed25519 private key.
 */
export const loadKeyMaterial = (file: string | undefined): KeyMaterial => {
  const fresh = () => pemOf(generateKeyPairSync('ed25519').privateKey)
  if (file === undefined) return { pem: fresh(), kept: false }
  try {
    return { pem: pemOf(parsed(readFileSync(file, 'utf8'), file)), kept: true }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  const pem = fresh()
  writeFileSync(file, pem, { mode: 0o600, flag: 'wx' })
  return { pem, kept: true }
}

/** 32 secret bytes for a purpose, the same wherever the key is the same (RFC 5869). */
export const secretFor = ({ pem }: KeyMaterial, purpose: string): Buffer => {
  const secret = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return Buffer.from(hkdfSync('sha256', secret, 'tollgate', purpose, 32))
}

export interface SigningKeys {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Names the key in the token's header: the start of its JWK thumbprint (RFC 7638), which `keygen` prints whole. */
  readonly id: string
}

export const signingKeysOf = ({ pem }: KeyMaterial): SigningKeys => {
  const privateKey = createPrivateKey(pem)
  const publicKey = createPublicKey(privateKey)
  const { crv, kty, x } = publicKey.export({ format: 'jwk' })
  const thumbprint = hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url')
  return { privateKey, publicKey, id: thumbprint.slice(0, 11) }
}
