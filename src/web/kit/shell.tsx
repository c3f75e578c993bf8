import { createContext, useContext, useEffect, type ReactNode } from 'react'
import {
  AppShell,
  Burger,
  Group,
  Menu,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSelector,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react'
import { useRouterState } from '@tanstack/react-router'
import { api } from '../api.ts'
import { useAct } from '../query.ts'
import type { NavGroup, Screen } from '../screen.ts'
import { toSignIn, useSession, type Session } from '../session.ts'
import { useGo } from '../use-address.ts'
import { Link } from './link.tsx'
import { openPalette, Palette } from './palette.tsx'
import { ErrorState, Loading } from './states.tsx'

const groups: readonly NavGroup[] = ['Watch', 'Govern', 'Access', 'Prove', 'Settings']
const mac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)

/** The frame around every screen: left bar, palette, the main landmark. Waits until it knows who is looking. */
export function Shell({
  screens,
  children,
}: {
  readonly screens: readonly Screen[]
  readonly children: ReactNode
}) {
  const session = useSession()
  const [opened, { toggle, close }] = useDisclosure(false)
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  useEffect(close, [pathname, close])
  const listed = screens
    .filter(({ nav }) => nav !== undefined && allowed(nav.permission, session.data))
    .toSorted((a, b) => (a.nav?.order ?? 0) - (b.nav?.order ?? 0))
  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 48, sm: 0 } }}
      navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      withBorder={false}
    >
      <a href="#main" className="gh-skip">
        Skip to content
      </a>
      <AppShell.Header className="gh-top" hiddenFrom="sm">
        <Burger opened={opened} onClick={toggle} size="sm" aria-label="Menu" />
        <Brand name={session.data?.workspace.name} />
        <SearchButton small />
      </AppShell.Header>
      <AppShell.Navbar className="gh-bar" aria-label="Main">
        <Group justify="space-between" wrap="nowrap">
          <Brand name={session.data?.workspace.name} />
          <Burger hiddenFrom="sm" opened onClick={close} size="sm" aria-label="Close the menu" />
        </Group>
        <SearchButton />
        <div className="gh-bar-groups">
          {groups.map((group) => (
            <BarGroup
              key={group}
              title={group}
              screens={listed.filter(({ nav }) => nav?.group === group)}
              pathname={pathname}
            />
          ))}
        </div>
        {session.data && (
          <UserMenu
            session={session.data}
            account={screens.find(({ path }) => path === '/account')}
          />
        )}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className="gh-main">
        {session.data ? (
          <Opens value={(to) => opens(screens, session.data, to)}>{children}</Opens>
        ) : session.isError ? (
          <ErrorState error={session.error} onRetry={() => session.refetch()} />
        ) : (
          <Loading />
        )}
      </AppShell.Main>
      <Palette screens={listed} />
    </AppShell>
  )
}

const Opens = createContext<(to: string) => boolean>(() => true)

/** Whether a link leads to a screen that is offered to whoever is looking: others are shown as plain words. */
export const useMayOpen = (): ((to: string) => boolean) => useContext(Opens)

/** An object's page is offered to those who are offered its list. */
function opens(screens: readonly Screen[], session: Session, to: string): boolean {
  const [, first = ''] = (to.split(/[?#]/)[0] ?? '').split('/')
  const list = screens.find(({ path }) => path === `/${first}`)
  return allowed(list?.nav?.permission, session)
}

function allowed(permission: string | undefined, session: Session | undefined): boolean {
  return permission === undefined || (session?.permissions.includes(permission) ?? false)
}

function Brand({ name }: { readonly name: string | undefined }) {
  return (
    <Link to="/" className="gh-brand" underline="never" c="inherit">
      <img src="/icon.svg" width={22} height={22} alt="" />
      <span>
        Gatehouse
        {name !== undefined && <small>{name}</small>}
      </span>
    </Link>
  )
}

function SearchButton({ small = false }: { readonly small?: boolean }) {
  return (
    <UnstyledButton
      className={small ? 'gh-search gh-search-small' : 'gh-search'}
      onClick={openPalette}
      {...(small ? { 'aria-label': 'Go to…' } : {})}
    >
      <IconSearch size={15} aria-hidden />
      {!small && (
        <>
          <span>Go to…</span>
          <kbd className="gh-key" aria-hidden>
            {mac ? '⌘K' : 'Ctrl K'}
          </kbd>
        </>
      )}
    </UnstyledButton>
  )
}

interface BarGroupProps {
  readonly title: NavGroup
  readonly screens: readonly Screen[]
  readonly pathname: string
}

function BarGroup({ title, screens, pathname }: BarGroupProps) {
  if (screens.length === 0) return null
  // /clients/setup lies below /clients in the address, but is a screen of its own in the bar: the nearest one is lit.
  const [here] = screens
    .map(({ path }) => path)
    .filter((path) => isBelow(pathname, path))
    .toSorted((a, b) => b.length - a.length)
  return (
    <div className="gh-bar-group">
      <h2>{title}</h2>
      <ul>
        {screens.map(({ path, title: name, nav }) => (
          <li key={path}>
            <Link
              to={path}
              className="gh-bar-link"
              underline="never"
              aria-current={path === here ? 'page' : undefined}
            >
              {nav && <nav.icon size={16} stroke={1.7} aria-hidden />}
              {name}
              {nav?.count && <Count of={nav.count} />}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Count({ of: useCount }: { readonly of: () => number }) {
  const count = useCount()
  return count > 0 ? <span className="gh-bar-count">{count}</span> : null
}

const isBelow = (pathname: string, path: string): boolean =>
  path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`)

interface UserMenuProps {
  readonly session: Session
  readonly account: Screen | undefined
}

function UserMenu({ session, account }: UserMenuProps) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const go = useGo()
  const leave = useAct(() => api.delete('/api/v1/session'), { onDone: toSignIn })
  const schemes = [
    ['auto', 'Like the system', IconDeviceDesktop],
    ['light', 'Light', IconSun],
    ['dark', 'Dark', IconMoon],
  ] as const
  return (
    <Menu position="top-start" width={208}>
      <Menu.Target>
        <UnstyledButton className="gh-user">
          <span className="gh-avatar" aria-hidden>
            {(session.member.name || session.member.email).slice(0, 1).toUpperCase()}
          </span>
          <span className="gh-user-name">
            {session.member.name}
            <small>{session.member.email}</small>
          </span>
          <IconSelector size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Appearance</Menu.Label>
        {schemes.map(([value, label, Sign]) => (
          <Menu.Item
            key={value}
            leftSection={<Sign size={15} aria-hidden />}
            rightSection={
              colorScheme === value ? <IconCheck size={15} aria-label="chosen" /> : null
            }
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {account && (
          <Menu.Item
            leftSection={<IconUserCircle size={15} aria-hidden />}
            onClick={() => go(account.path)}
          >
            {account.title}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconLogout size={15} aria-hidden />}
          onClick={() => leave.mutate(undefined)}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** The frame of screens seen before signing in: one centred card. */
export function Front({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Gatehouse`
  }, [title])
  return (
    <main id="main" tabIndex={-1} className="gh-front">
      <div className="gh-front-card">
        <div className="gh-front-brand">
          <img src="/icon.svg" width={28} height={28} alt="" />
          <Text span fw={600}>
            Gatehouse
          </Text>
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}
