// What tests and benchmarks need beside npm packages. Installs it where that is possible, else says what to do.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Tool {
  /** Any of these will do. */
  readonly commands: readonly string[]
  /** Debian package. */
  readonly package: string
}

const TEST: readonly Tool[] = [
  { commands: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium' },
  { commands: ['nginx'], package: 'nginx-light' },
  { commands: ['firefox-esr', 'firefox'], package: 'firefox-esr' },
  { commands: ['openssl'], package: 'openssl' },
]
const BENCH: readonly Tool[] = [
  ...TEST,
  { commands: ['caddy'], package: 'caddy' },
  { commands: ['haproxy'], package: 'haproxy' },
]
const SETS: Readonly<Record<string, readonly Tool[]>> = { test: TEST, bench: BENCH }

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const isThere = ({ commands }: Tool): boolean =>
  commands.some((command) => folders.some((folder) => isExecutable(join(folder, command))))

const run = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0

const install = (packages: readonly string[]): boolean =>
  process.getuid?.() === 0 &&
  run('apt-get', ['update', '-qq']) &&
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages])

const wanted = SETS[process.argv[2] ?? ''] ?? []
const missing = wanted.filter((tool) => !isThere(tool))
if (missing.length > 0) {
  const packages = missing.map((tool) => tool.package)
  process.stderr.write(`Installing ${packages.join(', ')} …\n`)
  if (!install(packages) || !missing.every(isThere)) {
    process.stderr.write(
      `Missing, and could not be installed here. As root: apt-get install ${packages.join(' ')}\n`,
    )
    process.exit(1)
  }
}
