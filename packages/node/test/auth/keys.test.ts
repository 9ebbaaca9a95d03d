import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createKeyCheck, readPublicKey, safeEqual } from '../../src/auth/keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pem = { type: 'spki', format: 'pem' } as const
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const

describe('comparing keys', () => {
  test('agrees with equality for all texts, of all lengths', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(safeEqual(a, b)).toBe(a === b)
        expect(safeEqual(a, a)).toBe(true)
      }),
    )
  })

  test('lets in the configured key and no other', () => {
    const check = createKeyCheck('the key')
    expect(check('the key')).toBe(true)
    for (const other of ['the ke', 'the key ', 'The key', '', undefined])
      expect(check(other)).toBe(false)
  })

  test('lets in nothing when no key is configured', () => {
    for (const expected of [undefined, '']) {
      const check = createKeyCheck(expected)
      for (const given of [undefined, '', 'undefined']) expect(check(given)).toBe(false)
    }
  })
})

describe('a public key', () => {
  test('verifies the algorithms of its kind and no others', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(pem)
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export(pem)
    const ed25519 = generateKeyPairSync('ed25519').publicKey.export(pem)
    expect(readPublicKey(String(rsa)).algorithms).toEqual(['RS256', 'RS384', 'RS512'])
    expect(readPublicKey(String(p384)).algorithms).toEqual(['ES384'])
    expect(readPublicKey(String(ed25519)).algorithms).toEqual(['EdDSA', 'Ed25519'])
  })

  test('is read from a file too', () => {
    const path = join(folder, 'key.pem')
    writeFileSync(path, generateKeyPairSync('ed25519').publicKey.export(pem))
    expect(readPublicKey(path).key.asymmetricKeyType).toBe('ed25519')
  })

  test('is not a private one', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    expect(() => readPublicKey(String(privateKey.export(pkcs8)))).toThrow(/private key/)
  })

  test('has a kind that tokens use', () => {
    const x25519 = generateKeyPairSync('x25519').publicKey.export(pem)
    const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export(pem)
    expect(() => readPublicKey(String(x25519))).toThrow(/no token algorithm .* x25519/)
    expect(() => readPublicKey(String(koblitz))).toThrow(/no token algorithm .* secp256k1/)
  })

  test('is long enough', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export(pem)
    expect(() => readPublicKey(String(short))).toThrow(/2048/)
  })

  test('is told by its path when there is no such file, and in plain words when it is none', () => {
    expect(() => readPublicKey(join(folder, 'absent.pem'))).toThrow(/absent\.pem/)
    expect(() =>
      readPublicKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'),
    ).toThrow('not a public key or certificate in PEM form')
  })
})
