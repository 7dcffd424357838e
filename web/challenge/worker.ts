/** The worker's entry: told tasks, it reports nonces. */
import { bytes } from 'tollgate:module'
import { search } from 'tollgate:search'
import { chooseKernel } from './choose-kernel.ts'
import { createJavascriptKernel } from './kernel/javascript.ts'
import { createSimdKernel } from './kernel/simd.ts'
import { createSubtleKernel } from './kernel/subtle.ts'
import type { Order, Report } from './orders.ts'
import { createPause } from './pause.ts'
import { createSearcher } from './searcher.ts'

const now = (): number => performance.now()
const report = (message: Report): void => postMessage(message)
// Missing outside secure contexts, whatever the types say.
const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
const kernel = chooseKernel({
  simd: () =>
    createSimdKernel(
      WebAssembly,
      Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0)),
    ),
  javascript: () => createJavascriptKernel(search),
  subtle: subtle && (() => createSubtleKernel(subtle)),
  now,
})
const order = createSearcher({ kernel, report, now, pause: createPause() })
onmessage = (event: MessageEvent<Order>) => order(event.data)
report({ kernel: kernel.name })
