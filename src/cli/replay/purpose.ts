import type { LogEntry } from './entry.ts'

/** For what a browser asks, as far as method and path tell. */
export type Purpose =
  | 'document'
  | 'style'
  | 'script'
  | 'module'
  | 'image'
  | 'font'
  | 'video'
  | 'audio'
  | 'manifest'
  | 'fetch'

const ENDS: Readonly<Record<Exclude<Purpose, 'document'>, string>> = {
  style: 'css',
  script: 'js',
  module: 'mjs',
  image: 'png jpg jpeg gif webp avif svg ico bmp',
  font: 'woff woff2 ttf otf eot',
  video: 'mp4 webm ogv m4v',
  audio: 'mp3 ogg oga wav flac m4a opus',
  manifest: 'webmanifest',
  fetch: 'json wasm map',
}

const PURPOSES = new Map(
  (Object.keys(ENDS) as (keyof typeof ENDS)[]).flatMap((purpose) =>
    ENDS[purpose].split(' ').map((end) => [end, purpose] as const),
  ),
)
const LONGEST_END = 11

/** A page has an end that is none of these, or none; a form is sent by POST, and all else by scripts. */
export const purposeOf = ({ method, target }: Pick<LogEntry, 'method' | 'target'>): Purpose => {
  if (method !== 'GET') return method === 'POST' ? 'document' : 'fetch'
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  const end = path.slice(path.lastIndexOf('.') + 1)
  return end.length > LONGEST_END ? 'document' : (PURPOSES.get(end.toLowerCase()) ?? 'document')
}
