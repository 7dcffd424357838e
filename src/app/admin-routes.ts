import { z } from 'zod'
import type { AdminRoute } from '../observe/admin-router.ts'
import type { Journal } from '../observe/journal.ts'
import type { ReloadReport } from './reload/reload-report.ts'
import type { Revoker } from './revoke.ts'

const revokeSchema = z.union([z.strictObject({ pass: z.string() }), z.strictObject({ id: z.string() })])

const REVOKE_FORM = 'send {"pass": TOKEN} or {"id": JTI}'

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `POST /api/reload`, `POST /api/revoke`, `GET /api/find?reference=R`. */
export const adminRoutes = (parts: {
  readonly reload: () => Promise<ReloadReport>
  readonly revoker: Revoker
  readonly journal: Pick<Journal, 'find'>
}): ReadonlyMap<string, AdminRoute> =>
  new Map<string, AdminRoute>([
    [
      'POST /api/reload',
      async () => {
        const report = await parts.reload()
        return { status: report.ok ? 200 : 422, json: report }
      },
    ],
    [
      'POST /api/revoke',
      async ({ body }) => {
        const asked = revokeSchema.safeParse(jsonOf(body))
        if (!asked.success) return { status: 400, json: { fault: REVOKE_FORM } }
        const { revoker } = parts
        const done = await ('pass' in asked.data
          ? revoker.byToken(asked.data.pass)
          : revoker.byId(asked.data.id))
        return done.ok ? { status: 200, json: done.value } : { status: 422, json: { fault: done.fault } }
      },
    ],
    [
      'GET /api/find',
      async ({ query }) => {
        const found = parts.journal.find(query.get('reference') ?? '')
        if (found) return { status: 200, json: found }
        return {
          status: 404,
          json: { fault: 'no challenge, refusal or fault of that reference is remembered' },
        }
      },
    ],
  ])
