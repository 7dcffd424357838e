import { tableHas } from '../base/range-table.ts'
import type { RangeTable } from '../base/range-table.ts'
import type { ListHandle, Lists } from './lists.ts'

/** The lists for one thread. */
export const attachLists = (handles: readonly ListHandle[]): Lists => {
  const tables = new Map<string, RangeTable>(handles.map(({ name, table }) => [name, table]))
  return {
    has(list, { words }) {
      const table = tables.get(list)
      return table !== undefined && tableHas(table, words)
    },
    replace: ({ name, table }) => void tables.set(name, table),
    keep(names) {
      for (const name of tables.keys()) if (!names.includes(name)) tables.delete(name)
    },
  }
}
