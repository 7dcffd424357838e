/** Requests as a browser sends them, ready for the wire. */

const BROWSER = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br',
  'Accept-Language: en-US,en;q=0.9,de;q=0.8',
  'Cache-Control: max-age=0',
  'Referer: http://127.0.0.1/articles/index',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-User: ?1',
  'Upgrade-Insecure-Requests: 1',
]

/** The host of all requests: passes are for a host, whatever the port. */
export const HOST = '127.0.0.1'

export const PAGE_PATH = '/articles/2026/a-page?ref=home'

/** A navigation with two cookies of the site, and a pass when there is one. */
export const navigation = (pass?: string): string => {
  const cookies = ['session=0123456789abcdef0123456789abcdef', ...(pass ? [pass] : []), 'theme=dark']
  const lines = [`Host: ${HOST}`, 'Connection: keep-alive', ...BROWSER, `Cookie: ${cookies.join('; ')}`]
  return `GET ${PAGE_PATH} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** A script's JSON post. */
export const jsonPost = (path: string, body: string): string => {
  const lines = [
    `Host: ${HOST}`,
    ...BROWSER.slice(0, 1),
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return `POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}
