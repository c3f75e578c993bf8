import { IconDeviceLaptop, IconPlugConnected, IconRobot, IconTicket } from '@tabler/icons-react'
import { lazyScreen, type Screen } from '#web/kit/index.ts'

export const screens: readonly Screen[] = [
  {
    path: '/service-accounts',
    title: 'Service accounts',
    component: lazyScreen(() => import('./accounts/accounts.tsx'), 'AccountsScreen'),
    nav: { group: 'Access', order: 66, icon: IconRobot, permission: 'service_accounts.manage' },
  },
  {
    path: '/service-accounts/$accountId',
    title: 'Service account',
    component: lazyScreen(() => import('./accounts/account.tsx'), 'AccountScreen'),
  },
  {
    path: '/access-tokens',
    title: 'Access tokens',
    component: lazyScreen(() => import('./tokens/tokens.tsx'), 'TokensScreen'),
    nav: { group: 'Access', order: 68, icon: IconTicket, permission: 'access_tokens.manage' },
  },
  {
    path: '/access-tokens/$tokenId',
    title: 'Access token',
    component: lazyScreen(() => import('./tokens/token.tsx'), 'TokenScreen'),
  },
  {
    path: '/account/tokens',
    title: 'My access tokens',
    component: lazyScreen(() => import('./tokens/own-tokens.tsx'), 'OwnTokensScreen'),
  },
  {
    path: '/clients',
    title: 'Clients',
    component: lazyScreen(() => import('./clients.tsx'), 'ClientsScreen'),
    nav: { group: 'Access', order: 75, icon: IconDeviceLaptop, permission: 'clients.read' },
  },
  {
    path: '/clients/setup',
    title: 'Connect clients',
    component: lazyScreen(() => import('./setup.tsx'), 'SetupScreen'),
    nav: { group: 'Access', order: 76, icon: IconPlugConnected, permission: 'workspace.read' },
  },
  {
    path: '/clients/setup/machine',
    title: 'Lines for machines',
    component: lazyScreen(() => import('./machine.tsx'), 'MachineScreen'),
  },
  {
    path: '/clients/$clientId',
    title: 'Client',
    component: lazyScreen(() => import('./client.tsx'), 'ClientScreen'),
  },
  {
    path: '/account/devices',
    title: 'My devices',
    component: lazyScreen(() => import('./own-clients.tsx'), 'OwnClientsScreen'),
  },
  {
    path: '/authorize/$authorizationId',
    title: 'Allow a client to sign in',
    component: lazyScreen(() => import('./consent.tsx'), 'ConsentScreen'),
    shell: false,
    session: true,
  },
  {
    path: '/codex/device',
    title: 'Connect a client',
    component: lazyScreen(() => import('./device.tsx'), 'DeviceScreen'),
    shell: false,
    session: true,
  },
]
