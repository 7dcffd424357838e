import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './process.ts'

/** True when the pictures of the documents are to be made anew: `TOLLGATE_PICTURES=1 npm test`. */
export const MAKES_PICTURES = process.env['TOLLGATE_PICTURES'] === '1'

/** Where a screenshot is kept: with the documents when they are being made, else in a folder git ignores. */
export const pictureFile = (name: string): string => {
  const folder = MAKES_PICTURES ? join(ROOT, 'docs', 'images') : join(ROOT, '.tmp', 'images')
  mkdirSync(folder, { recursive: true })
  return join(folder, `${name}.png`)
}
