/** Writes small databases in the MaxMind DB format 2.0, records of 24, 28 or 32 bits, for IPv6 trees. */
import { parseRange } from '../../src/base/address-range.ts'

export type MmdbValue =
  | string
  | number
  | boolean
  | { readonly [key: string]: MmdbValue }
  | readonly MmdbValue[]

export interface MmdbOptions {
  readonly type?: string
  readonly recordSize?: 24 | 28 | 32
  /** Range → its record. Ranges must not overlap. */
  readonly records: Readonly<Record<string, MmdbValue>>
}

type Node = [left: Node | number | undefined, right: Node | number | undefined]

const MARKER = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex')
const [STRING, UINT32, MAP, ARRAY, BOOLEAN] = [2, 6, 7, 11, 14]

/** The control byte, with the type behind it when that is an extended one, and the size behind that. */
const control = (type: number, size: number): Buffer => {
  const short = size < 29 ? size : size < 285 ? 29 : 30
  const rest = size < 29 ? [] : size < 285 ? [size - 29] : [(size - 285) >>> 8, (size - 285) & 255]
  return type <= 7 ? Buffer.from([(type << 5) | short, ...rest]) : Buffer.from([short, type - 7, ...rest])
}

const encode = (value: MmdbValue): Buffer => {
  if (typeof value === 'string')
    return Buffer.concat([control(STRING, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'boolean') return control(BOOLEAN, value ? 1 : 0)
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(UINT32, 4), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([control(ARRAY, value.length), ...value.map(encode)])
  const entries = Object.entries(value)
  return Buffer.concat([
    control(MAP, entries.length),
    ...entries.flatMap(([key, own]) => [encode(key), encode(own)]),
  ])
}

/** Bits of the path in the tree: IPv4 lies under ::/96. */
const pathOf = (text: string): number[] => {
  const parsed = parseRange(text)
  if (!parsed.ok) throw new Error(parsed.fault)
  const { first } = parsed.value
  const isV4 = first[0] === 0 && first[1] === 0 && first[2] === 0xffff
  const prefix = Number(parsed.value.text.split('/')[1]) + (isV4 ? 96 : 0)
  const words = isV4 ? [0, 0, 0, first[3]] : first
  return Array.from({ length: prefix }, (_, bit) => (words[bit >>> 5]! >>> (31 - (bit & 31))) & 1)
}

const plant = (root: Node, path: readonly number[], data: number): void => {
  let node = root
  for (const bit of path.slice(0, -1)) {
    const next = node[bit]
    if (typeof next === 'object') node = next
    else {
      const fresh: Node = [undefined, undefined]
      node[bit] = fresh
      node = fresh
    }
  }
  node[path.at(-1)!] = data
}

const packNode = (left: number, right: number, size: number): Buffer => {
  const bytes = Buffer.alloc(size / 4)
  if (size === 32) {
    bytes.writeUInt32BE(left)
    bytes.writeUInt32BE(right, 4)
  } else {
    bytes.writeUIntBE(left & 0xffffff, 0, 3)
    bytes.writeUIntBE(right & 0xffffff, size === 28 ? 4 : 3, 3)
    if (size === 28) bytes[3] = ((left >>> 24) << 4) | (right >>> 24)
  }
  return bytes
}

const treeOf = (root: Node, size: number): { nodes: number; tree: Buffer } => {
  const nodes: Node[] = []
  const number = (node: Node): void => {
    nodes.push(node)
    for (const child of node) if (typeof child === 'object') number(child)
  }
  number(root)
  const places = new Map(nodes.map((node, at) => [node, at]))
  const record = (child: Node | number | undefined): number => {
    if (child === undefined) return nodes.length
    return typeof child === 'object' ? places.get(child)! : nodes.length + 16 + child
  }
  return {
    nodes: nodes.length,
    tree: Buffer.concat(nodes.map(([left, right]) => packNode(record(left), record(right), size))),
  }
}

export const writeMmdb = ({ type = 'Test', recordSize = 24, records }: MmdbOptions): Buffer => {
  const root: Node = [undefined, undefined]
  const data: Buffer[] = []
  let length = 0
  for (const [range, value] of Object.entries(records)) {
    const bytes = encode(value)
    plant(root, pathOf(range), length)
    data.push(bytes)
    length += bytes.length
  }
  const { nodes, tree } = treeOf(root, recordSize)
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: type,
    description: { en: 'a test' },
    ip_version: 6,
    languages: ['en'],
    node_count: nodes,
    record_size: recordSize,
  })
  return Buffer.concat([tree, Buffer.alloc(16), ...data, MARKER, metadata])
}
