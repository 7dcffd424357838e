// `npm run build`: a publishable package in dist/ with JavaScript, types and the built pages.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildWeb } from '../web/build.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const { status } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (status !== 0) process.exit(1)
await buildWeb({ outdir: join(dist, 'web', 'dist') })
cpSync(join(root, 'data'), join(dist, 'data'), { recursive: true })
cpSync(join(root, 'package.json'), join(dist, 'package.json'))
chmodSync(join(dist, 'src', 'cli', 'main.js'), 0o755)
