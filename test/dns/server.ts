import { createSocket } from 'node:dgram'

export interface Question {
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'PTR' | 'other'
}

/** What the server says: records, a code of its own (RFC 1035 §4.1.1), or nothing at all. */
export type Reply = readonly string[] | { readonly code: number } | 'silence'

const TYPES: Readonly<Record<number, Question['type']>> = { 1: 'A', 12: 'PTR', 28: 'AAAA' }
const NUMBERS = { A: 1, PTR: 12, AAAA: 28, other: 255 } as const
const HEADER = 12

const encodedName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])

const encodedAddress = (text: string): Buffer => {
  if (!text.includes(':')) return Buffer.from(text.split('.').map(Number))
  const [head = '', tail = ''] = text.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const middle = Array<string>(8 - groups(head).length - groups(tail).length).fill('0')
  const hex = [...groups(head), ...middle, ...groups(tail)].map((group) => group.padStart(4, '0')).join('')
  return Buffer.from(hex, 'hex')
}

const questionIn = (packet: Buffer): { question: Question; end: number } => {
  const labels: string[] = []
  let at = HEADER
  for (let length = packet[at]!; length > 0; length = packet[at]!) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const type = TYPES[packet.readUInt16BE(at + 1)] ?? 'other'
  return { question: { name: labels.join('.').toLowerCase(), type }, end: at + 5 }
}

const recordOf = (type: Question['type'], text: string): Buffer => {
  const data = type === 'PTR' ? encodedName(text) : encodedAddress(text)
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(NUMBERS[type], 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

const answerTo = (packet: Buffer, reply: Exclude<Reply, 'silence'>): Buffer => {
  const { question, end } = questionIn(packet)
  const records = 'code' in reply ? [] : reply
  const head = Buffer.alloc(HEADER)
  packet.copy(head, 0, 0, 2)
  head.writeUInt16BE(0x8180 | ('code' in reply ? reply.code : 0), 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(records.length, 6)
  return Buffer.concat([
    head,
    packet.subarray(HEADER, end),
    ...records.map((text) => recordOf(question.type, text)),
  ])
}

/** A DNS server over UDP on a port of its own; `asked` is every question that came. */
export const startDnsServer = async (reply: (question: Question) => Reply | Promise<Reply>) => {
  const socket = createSocket('udp4')
  const asked: Question[] = []
  socket.on('message', (packet, peer) => {
    const { question } = questionIn(packet)
    asked.push(question)
    void Promise.resolve(reply(question)).then((said) => {
      if (said !== 'silence') socket.send(answerTo(packet, said), peer.port, peer.address)
    })
  })
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve)
  })
  return {
    server: `127.0.0.1:${socket.address().port}`,
    asked,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => {
        socket.close(() => resolve())
      })
    },
  }
}
