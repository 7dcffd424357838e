import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadKeyMaterial, secretFor, signingKeysOf } from '../../src/pass/keys.ts'

const freshFile = (): string => join(mkdtempSync(join(tmpdir(), 'tollgate-key-')), 'pass.pem')

test('a missing key file is written once, for its owner alone, and read from then on', () => {
  const file = freshFile()
  const first = loadKeyMaterial(file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(loadKeyMaterial(file)).toEqual(first)
  expect(first).toEqual({ pem: readFileSync(file, 'utf8'), kept: true })
  expect(signingKeysOf(loadKeyMaterial(file)).id).toBe(signingKeysOf(first).id)
})

test('without a file every key is new and says that it is not kept', () => {
  const [one, two] = [loadKeyMaterial(undefined), loadKeyMaterial(undefined)]
  expect(one.kept).toBe(false)
  expect(one.pem).not.toBe(two.pem)
})

test('a file that holds no such key is an error and stays as it is', () => {
  const file = freshFile()
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  for (const content of ['', 'junk', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })]) {
    writeFileSync(file, content)
    expect(() => loadKeyMaterial(file)).toThrow(/key|DECODER|unsupported|asn1/i)
    expect(readFileSync(file, 'utf8')).toBe(content)
  }
})

test('a key in a directory that is not there is an error', () => {
  expect(() => loadKeyMaterial(join(freshFile(), 'deeper', 'pass.pem'))).toThrow(/ENOENT/)
})

test('the secrets of one key are the same everywhere and differ by purpose and by key', () => {
  const file = freshFile()
  const material = loadKeyMaterial(file)
  const secret = secretFor(material, 'a purpose')
  expect(secret).toHaveLength(32)
  expect(secretFor(loadKeyMaterial(file), 'a purpose')).toEqual(secret)
  expect(secretFor(material, 'another')).not.toEqual(secret)
  expect(secretFor(loadKeyMaterial(undefined), 'a purpose')).not.toEqual(secret)
  expect(material.pem).not.toContain(secret.toString('base64').slice(0, 16))
})
