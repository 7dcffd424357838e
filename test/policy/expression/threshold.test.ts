import { expect, test } from 'vitest'
import { compileThresholdExpression } from '../../../src/policy/expression/threshold.ts'
import type { ExpressionOption } from '../../../src/policy/expression/options.ts'
import { sensesOf } from './world.ts'

const compiled = (option: ExpressionOption) =>
  compileThresholdExpression(option, sensesOf({ random: () => 0.5 }))
const testOf = (option: ExpressionOption) => {
  const threshold = compiled(option)
  if (!threshold.ok) throw new Error(threshold.fault)
  return threshold.value
}

test('a threshold looks at the weight', () => {
  const between = testOf({ all: ['weight >= 10', 'weight < 20'] })
  expect([9, 10, 19, 20].map(between)).toEqual([false, true, true, false])
  expect(testOf('weight <= 0')(-5)).toBe(true)
  expect(testOf('weight > 0 && randInt(10) == 5')(1)).toBe(true)
})

test('a threshold knows nothing of the request', () => {
  expect(compiled('path == "/"')).toEqual({
    ok: false,
    fault: 'unknown variable "path" at character 1 of the expression',
  })
  expect(compiled('missingHeader(headers, "A")')).toMatchObject({ ok: false })
  expect(compiled('wieght > 1')).toMatchObject({ fault: expect.stringContaining('did you mean "weight"?') })
})

test('a threshold that has no value throws', () => {
  expect(() => testOf('10 / weight == 1')(0)).toThrow('division by zero')
})
