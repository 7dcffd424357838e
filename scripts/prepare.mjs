// Runs on whatever Node the machine has (20 or newer), before anything is installed: plain JavaScript only.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules', '.tollgate-installed')

const fail = (text) => {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) fail(`\`${command} ${args.join(' ')}\` failed${error ? `: ${error.message}` : ''}`)
}

const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(process.platform + process.arch)
  .digest('hex')
const toolchain = join(root, 'node_modules', 'node', 'bin', 'node')
const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(toolchain)

if (!isInstalled()) {
  process.stderr.write('Installing the dependencies of the lock file …\n')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  // npm before 11.10 knows no allowScripts and may have been told to run no install script at all.
  if (!existsSync(toolchain))
    run('npm', ['rebuild', 'node', 'esbuild', '--ignore-scripts=false', '--loglevel=error'])
  if (!existsSync(toolchain)) fail('The toolchain’s Node (npm package "node") did not install.')
  writeFileSync(stamp, wanted)
}
run(toolchain, ['web/build.ts', '--if-stale'])
const tools = process.argv[2]
if (tools) run(toolchain, ['scripts/tools.ts', tools])
