/** SHA-256's constants, from the primes (FIPS 180-4 §4.2.2, §5.3.3): shorter on the wire than their digits. */
const primes: number[] = []
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n)

const fraction = (x: number): number => ((x - Math.floor(x)) * 2 ** 32) | 0

export const K: readonly number[] = primes.map((prime) => fraction(Math.cbrt(prime)))

export const IV: readonly number[] = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))
