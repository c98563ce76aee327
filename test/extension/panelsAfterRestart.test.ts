/** The extension's side of panels against a window and a language server that are played here. */
import { describe, expect, test, vi } from 'vitest'
import { GroupPanel } from '../../extension/panels/groupPanel.ts'
import { LivePanel, noRun } from '../../extension/panels/livePanel.ts'
import { Watches } from '../../extension/watches.ts'
import { readRun, watchRun } from '../../protocol/requests.ts'
import { runRow } from '../webview/fixtures.ts'

vi.mock('vscode', () => ({ l10n: {} }))
// What is on the page is for the tests of the page.
vi.mock(import('../../extension/panels/html.ts'), () => ({ fillPanel: () => undefined, panelRoots: () => [] }))

type Listener = (value?: unknown) => void

function event() {
  const listeners = new Set<Listener>()
  const on = (listener: Listener) => {
    listeners.add(listener)
    return { dispose: () => listeners.delete(listener) }
  }
  return { on, fire: (value?: unknown) => [...listeners].forEach(listener => listener(value)) }
}

/** A language server that answers, fails, or keeps whoever asks waiting. */
function server() {
  const [ready, deltas] = [event(), event()]
  const watched = new Set<number>()
  const errors: unknown[] = []
  let gate = Promise.resolve()
  const state = {
    up: true,
    ready: ready.fire,
    watched,
    errors,
    /** Nothing is answered until the function that comes back is called. */
    hold() {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      gate = promise.then(() => undefined)
      return () => resolve(undefined)
    },
    client: {
      onReady: ready.on,
      onDeltas: deltas.on,
      logError: (error: unknown) => errors.push(error),
      request: async ({ method }: { method: string }, params: { runId: number; watch?: boolean }) => {
        await gate
        if (!state.up) throw new Error('The connection is closed.')
        if (method === watchRun.method) {
          if (params.watch === true) watched.add(params.runId)
          else watched.delete(params.runId)
          return {}
        }
        expect(method).toBe(readRun.method)
        return { run: runRow({ id: params.runId }), series: [], events: [], clock: { steps: [], times: [] } }
      },
    },
  }
  return state
}

/** A panel of the window, and what was posted to its page. */
function window() {
  const [received, viewState] = [event(), event()]
  const posted: { readonly kind: string }[] = []
  const panel = {
    visible: true,
    title: '',
    onDidChangeViewState: viewState.on,
    webview: {
      onDidReceiveMessage: received.on,
      postMessage: (message: { readonly kind: string }) => Promise.resolve(posted.push(message) > 0),
    },
  }
  return {
    panel,
    kinds: () => posted.splice(0).map(({ kind }) => kind),
    pageIsThere: () => received.fire({ kind: 'ready' }),
    show: (visible: boolean) => {
      panel.visible = visible
      viewState.fire()
    },
  }
}

const settled = () => new Promise(done => setTimeout(done, 5))

function live(up = true) {
  const [own, of] = [window(), server()]
  of.up = up
  const client = of.client as never
  return { ...own, of, opened: new LivePanel(own.panel as never, client, new Watches(client), {} as never, 7) }
}

function group() {
  const [own, of] = [window(), server()]
  const client = of.client as never
  const parts = { client, watches: new Watches(client), extension: {} as never, openRun: () => Promise.resolve() }
  return { ...own, of, opened: new GroupPanel(own.panel as never, [7, 8], parts) }
}

describe('a live panel', () => {
  test('is shown its run while its page is loading, once; a page that is loaded again asks for it', async () => {
    const { of, kinds, pageIsThere } = live()
    await settled()
    expect(kinds()).toEqual(['show'])
    expect([...of.watched]).toEqual([7])
    pageIsThere()
    await settled()
    expect(kinds()).toEqual([])
    pageIsThere()
    await settled()
    expect(kinds()).toEqual(['show'])
  })

  test('that was told that the server did not answer is shown its run by the next one, once', async () => {
    const { of, opened, kinds, pageIsThere } = live(false)
    pageIsThere()
    await settled()
    expect(kinds()).toEqual(['missing'])
    of.up = true
    of.ready()
    await settled()
    expect(kinds()).toEqual(['show'])
    expect([...of.watched]).toEqual([7])
    opened.dispose()
    await settled()
    expect([...of.watched]).toEqual([])
  })

  test('that is hidden is shown nothing by a new server, and its run when it comes back', async () => {
    const { of, kinds, pageIsThere, show } = live()
    pageIsThere()
    await settled()
    show(false)
    kinds()
    of.ready()
    await settled()
    expect(kinds()).toEqual([])
    expect([...of.watched]).toEqual([])
    show(true)
    pageIsThere()
    await settled()
    expect(kinds()).toEqual(['show'])
  })

  test('that is hidden before its run was read is shown nothing', async () => {
    const { of, kinds, show } = live()
    const answer = of.hold()
    show(false)
    show(true)
    show(false)
    answer()
    await settled()
    expect(kinds()).toEqual([])
    expect([...of.watched]).toEqual([])
  })

  test('whose run is just being started asks for none, and shows it as soon as there is one', async () => {
    const [own, of] = [window(), server()]
    const client = of.client as never
    const opened = new LivePanel(own.panel as never, client, new Watches(client), {} as never, noRun)
    own.pageIsThere()
    await settled()
    expect(own.kinds()).toEqual([])
    await opened.retarget(9)
    expect(own.kinds()).toEqual(['show'])
    expect([...of.watched]).toEqual([9])
  })
})

describe('a panel of several runs', () => {
  test('that the server did not answer shows them when the next one is up', async () => {
    const { of, kinds, pageIsThere } = group()
    of.up = false
    pageIsThere()
    await settled()
    expect(kinds()).toEqual(['members'])
    expect(of.errors).toHaveLength(1)
    of.up = true
    of.ready()
    await settled()
    expect(kinds()).toEqual(['members', 'show', 'show'])
    expect([...of.watched]).toEqual([7, 8])
  })

  test.each(['closed', 'hidden'])('that is %s while it waits for its watch leaves no run watched', async how => {
    const { of, opened, kinds, pageIsThere, show } = group()
    const answer = of.hold()
    pageIsThere()
    await settled()
    if (how === 'closed') opened.dispose()
    else show(false)
    answer()
    await settled()
    expect([...of.watched]).toEqual([])
    expect(kinds()).toEqual(['members'])
    expect(of.errors).toEqual([])
  })
})
