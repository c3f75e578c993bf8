import { useEffect, useState } from 'react'
import { VisuallyHidden } from '@mantine/core'
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  useRouter,
  type AnyRoute,
  type RouteComponent,
} from '@tanstack/react-router'
import { parseSearch, stringifySearch } from './address.ts'
import { ErrorState, Loading, NotFound } from './kit/states.tsx'
import { Shell } from './kit/shell.tsx'
import type { Screen } from './screen.ts'

/** Makes the router from the features' screens: those before signing in stand alone, all others inside the shell. */
export function makeRouter(screens: readonly Screen[]) {
  const root = createRootRoute({
    component: Root,
    notFoundComponent: () => (
      <Shell screens={screens}>
        <NotFound />
      </Shell>
    ),
    errorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
  })
  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    component: () => (
      <Shell screens={screens}>
        <Outlet />
      </Shell>
    ),
  })
  const routeOf = (screen: Screen) =>
    createRoute({
      getParentRoute: (): AnyRoute => (screen.shell === false ? root : shell),
      path: screen.path,
      component: screen.component as RouteComponent,
      pendingComponent: Loading,
      errorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
    })
  const tree = root.addChildren([
    shell.addChildren(screens.filter((s) => s.shell !== false).map(routeOf)),
    ...screens.filter((s) => s.shell === false).map(routeOf),
  ])
  return createRouter({
    routeTree: tree,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}

/** After moving to another path the keyboard starts at the content, and the new title is announced. */
function Root() {
  const router = useRouter()
  const [title, setTitle] = useState('')
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        if (fromLocation === undefined || !pathChanged) return
        const main = document.getElementById('main')
        // A screen that has put the keyboard into its first field knows better.
        if (main?.contains(document.activeElement) !== true) main?.focus({ preventScroll: true })
        setTimeout(() => setTitle(document.title), 100)
      }),
    [router],
  )
  return (
    <>
      <Outlet />
      <VisuallyHidden role="status">{title}</VisuallyHidden>
    </>
  )
}
