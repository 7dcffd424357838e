import { visit } from 'yaml'
import type { Alias, Document, Node } from 'yaml'

/**
 * Finds what an alias stands for: the last node before it with that anchor. One walk over the document answers for all
 * of them; the library walks for each.
 */
export const createAliases = (document: Document): ((alias: Alias) => Node | undefined) => {
  let targets: Map<Alias, Node> | undefined
  const collect = (): Map<Alias, Node> => {
    const anchors = new Map<string, Node>()
    const found = new Map<Alias, Node>()
    visit(document, {
      Alias: (_, alias) => {
        const target = anchors.get(alias.source)
        if (target !== undefined) found.set(alias, target)
      },
      Value: (_, node) => {
        if (node.anchor !== undefined) anchors.set(node.anchor, node)
      },
    })
    return found
  }
  return (alias) => {
    targets ??= collect()
    return targets.get(alias)
  }
}
