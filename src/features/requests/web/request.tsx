import { Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Facts,
  Id,
  Link,
  Loaded,
  Page,
  Section,
  Time,
  useAct,
  useApi,
  useCan,
  useParam,
} from '#web/kit/index.ts'
import { lastsWords } from '#features/access/web/lasts.tsx'
import { request as requestSchema, requestPage, type RequestPage } from '../schema.ts'
import { Decide } from './decide.tsx'
import { RefusedBy } from './refused-by.tsx'
import { RequestMark } from './words.tsx'

export function RequestScreen() {
  const id = useParam('requestId')
  const answer = useApi(['requests', id], `/api/v1/requests/${id}`, requestPage)
  return <Loaded of={answer}>{(request) => <Shown request={request} />}</Loaded>
}

function Shown({ request }: { readonly request: RequestPage }) {
  const { own, state, rule, mayDecide } = request
  return (
    <Page
      title={request.title}
      trail={[
        own
          ? { label: 'My requests', to: '/requests/mine' }
          : { label: 'Requests', to: '/requests' },
      ]}
      mark={<RequestMark of={request} />}
      actions={own && state === 'open' && <Withdraw request={request} />}
    >
      <Section title="Asked">
        <Facts
          of={[
            ['Who', <Requester request={request} />],
            ['What for', <Words>{request.reason}</Words>],
            ...(request.wanted.kind === 'refusal' && rule === null
              ? [['Refused', request.wanted.what] as const]
              : []),
            ['How long', lastsWords(request.lasts)],
            ['When', <Time at={request.createdAt} />],
            ['Id', <Id value={request.id} />],
          ]}
        />
      </Section>
      {rule && <RefusedBy rule={rule} />}
      {state === 'open' ? (
        mayDecide ? (
          <Decide request={request} />
        ) : (
          own && (
            <Section title="Decision">
              <Text size="sm" c="dimmed">
                Nobody has decided yet. The decision will stand here; where mail is set up you get
                one.
              </Text>
            </Section>
          )
        )
      ) : (
        <Decision request={request} />
      )}
    </Page>
  )
}

/** As somebody wrote it, line breaks and all. */
const Words = ({ children }: { readonly children: string }) => (
  <span style={{ whiteSpace: 'pre-wrap' }}>{children}</span>
)

function Requester({ request: { requester, own } }: { readonly request: RequestPage }) {
  const mayRead = useCan('members.read')
  if (own) return 'you'
  return mayRead ? <Link to={`/members/${requester.id}`}>{requester.label}</Link> : requester.label
}

function Decision({ request: { decided, granted, state } }: { readonly request: RequestPage }) {
  if (!decided) return null
  return (
    <Section
      title="Decision"
      {...(granted && !granted.over
        ? {
            about:
              'Clients learn of it at their next start without a valid cache, at most an hour later; and so with its end.',
          }
        : {})}
    >
      <Facts
        of={[
          [state === 'withdrawn' ? 'Withdrawn' : 'Decided', <Time at={decided.at} />],
          ['By', decided.by],
          ...(granted
            ? ([
                ['Given', granted.kind === 'role' ? `The role ${granted.name}` : granted.name],
                [granted.over ? 'Ended' : 'Until', <Time at={granted.endsAt} none="for good" />],
              ] as const)
            : []),
          ...(decided.note === ''
            ? []
            : [[state === 'declined' ? 'Why' : 'Note', <Words>{decided.note}</Words>] as const]),
        ]}
      />
    </Section>
  )
}

function Withdraw({ request }: { readonly request: RequestPage }) {
  const withdraw = useAct(
    () => api.post(`/api/v1/requests/${request.id}/withdraw`, { schema: requestSchema }),
    { refresh: ['requests'], done: 'Withdrawn', onError: () => true },
  )
  return (
    <ConfirmButton
      label="Withdraw"
      title="Withdraw this request?"
      action="Withdraw"
      onConfirm={() => withdraw.mutateAsync()}
    >
      Nobody decides it then. You can ask again.
    </ConfirmButton>
  )
}
