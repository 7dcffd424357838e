const ENGINE = /^Mozilla\/5\.0 \(.*(?:Gecko\/|AppleWebKit\/|Trident\/)/
const MACHINE =
  /bot\b|bot[/;_-]|crawl|spider|scrap|fetch|preview|monitor|headless|phantom|selenium|python|curl|wget|\bjava\/|go-http|libwww|https?:\/\/|@/i

/**
 * Whether a User-Agent is one that a browser sends: `Mozilla/5.0 (…)`, an engine, and no word or address by which a
 * program names itself. Programs that lie are counted as people, so that the number is an upper bound.
 */
export const isBrowserLike = (userAgent: string): boolean =>
  ENGINE.test(userAgent) && !MACHINE.test(userAgent)
