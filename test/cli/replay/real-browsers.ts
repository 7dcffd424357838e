/** What browsers of today send with a navigation over TLS from the address bar, but for their owner's choices. */
type Headers = Readonly<Record<string, string>>

const XHTML = 'text/html,application/xhtml+xml,application/xml;q=0.9'

const CHROMIUM = {
  'upgrade-insecure-requests': '1',
  accept: `${XHTML},image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7`,
  'sec-fetch-site': 'none',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-user': '?1',
  'sec-fetch-dest': 'document',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-US,en;q=0.9,de;q=0.8',
  priority: 'u=0, i',
}

interface Hints {
  readonly brands: string
  readonly mobile?: boolean
  readonly platform: string
}

const chromium = (agent: string, { brands, mobile = false, platform }: Hints): Headers => ({
  ...CHROMIUM,
  'user-agent': `Mozilla/5.0 (${agent}`,
  'sec-ch-ua': brands,
  'sec-ch-ua-mobile': mobile ? '?1' : '?0',
  'sec-ch-ua-platform': `"${platform}"`,
})

const firefox = (agent: string, more: Headers = {}): Headers => ({
  'user-agent': `Mozilla/5.0 (${agent}`,
  accept: `${XHTML},*/*;q=0.8`,
  'accept-language': 'de,en-US;q=0.7,en;q=0.3',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'upgrade-insecure-requests': '1',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'none',
  'sec-fetch-user': '?1',
  priority: 'u=0, i',
  ...more,
})

const safari = (agent: string): Headers => ({
  'user-agent': `Mozilla/5.0 (${agent}`,
  accept: `${XHTML},*/*;q=0.8`,
  'sec-fetch-site': 'none',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'accept-language': 'en-GB,en;q=0.9',
  'accept-encoding': 'gzip, deflate, br',
})

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome'
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const BRANDS_140 = '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"'
const BRANDS_141 = '"Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141"'

export const REAL_BROWSERS: Readonly<Record<string, Headers>> = {
  'Chrome on Windows': chromium(`Windows NT 10.0; Win64; x64) ${CHROME}/140.0.0.0 Safari/537.36`, {
    brands: BRANDS_140,
    platform: 'Windows',
  }),
  'Chrome on macOS': chromium(`Macintosh; Intel Mac OS X 10_15_7) ${CHROME}/141.0.0.0 Safari/537.36`, {
    brands: BRANDS_141,
    platform: 'macOS',
  }),
  'Chrome on Linux': chromium(`X11; Linux x86_64) ${CHROME}/140.0.0.0 Safari/537.36`, {
    brands: BRANDS_140,
    platform: 'Linux',
  }),
  'Chrome on a Chromebook': chromium(`X11; CrOS x86_64 14541.0.0) ${CHROME}/140.0.0.0 Safari/537.36`, {
    brands: BRANDS_140,
    platform: 'Chrome OS',
  }),
  'Chrome on Android': chromium(`Linux; Android 10; K) ${CHROME}/141.0.0.0 Mobile Safari/537.36`, {
    brands: BRANDS_141,
    mobile: true,
    platform: 'Android',
  }),
  'Samsung Internet': chromium(
    `Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
    {
      brands: '"Chromium";v="130", "Samsung Internet";v="28.0", "Not?A_Brand";v="99"',
      mobile: true,
      platform: 'Android',
    },
  ),
  Edge: chromium(`Windows NT 10.0; Win64; x64) ${CHROME}/140.0.0.0 Safari/537.36 Edg/140.0.0.0`, {
    brands: '"Chromium";v="140", "Not=A?Brand";v="24", "Microsoft Edge";v="140"',
    platform: 'Windows',
  }),
  Opera: chromium(`Windows NT 10.0; Win64; x64) ${CHROME}/138.0.0.0 Safari/537.36 OPR/122.0.0.0`, {
    brands: '"Opera";v="122", "Chromium";v="138", "Not/A)Brand";v="8"',
    platform: 'Windows',
  }),
  'Firefox on Windows': firefox('Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0'),
  'Firefox on macOS': firefox('Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0'),
  'Firefox ESR on Linux': firefox('X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', {
    accept: `${XHTML},image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8`,
  }),
  'Firefox on Android': firefox('Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0'),
  'Safari on macOS': safari(`Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Version/18.5 Safari/605.1.15`),
  'Safari on an iPhone': safari(
    `iPhone; CPU iPhone OS 18_5 like Mac OS X) ${SAFARI} Version/18.5 Mobile/15E148 Safari/604.1`,
  ),
  'Safari on an iPad': safari(
    `iPad; CPU OS 17_5 like Mac OS X) ${SAFARI} Version/17.5 Mobile/15E148 Safari/604.1`,
  ),
  'Chrome on an iPhone': safari(
    `iPhone; CPU iPhone OS 18_5 like Mac OS X) ${SAFARI} CriOS/140.0.7339.101 Mobile/15E148 Safari/604.1`,
  ),
  'Firefox on an iPhone': safari(
    `iPhone; CPU iPhone OS 18_5 like Mac OS X) ${SAFARI} FxiOS/143.0 Mobile/15E148 Safari/605.1.15`,
  ),
}
