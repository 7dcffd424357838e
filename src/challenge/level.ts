/**
 * The level of a pass: whole bits of expected work (2^20 hashes are level 20). A rule demands a level; a pass of
 * that level or a higher one satisfies it.
 */
export const levelOf = (work: number): number => (work < 1 ? 0 : Math.floor(Math.log2(work) + 1e-9))
