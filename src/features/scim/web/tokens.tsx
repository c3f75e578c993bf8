import { useState } from 'react'
import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Effect,
  FormFoot,
  Rows,
  SecretOnce,
  Section,
  Time,
  useAct,
  type Column,
} from '#web/kit/index.ts'
import { directoryPage, issued, type DirectoryPage, type Token } from '../schema.ts'
import { TokenState } from './words.tsx'

/** The end of the id and the first characters of the secret: enough to tell tokens apart, also on a telephone. */
const recognisable = ({ prefix }: Token): string => `gh_scm_…${prefix.slice(-10)}`

export function Tokens({ of }: { readonly of: DirectoryPage }) {
  const end = useAct((id: string) => api.delete(`/api/v1/directories/${of.id}/tokens/${id}`), {
    done: 'Ended',
    refresh: ['directories'],
  })
  const columns: readonly Column<Token>[] = [
    { key: 'token', header: 'Token', cell: (t) => <code>{recognisable(t)}</code> },
    { key: 'state', header: 'State', cell: (t) => <TokenState of={t} /> },
    { key: 'used', header: 'Last used', cell: (t) => <Time at={t.lastUsedAt} />, wideOnly: true },
    { key: 'ends', header: 'Ends', cell: (t) => <Time at={t.expiresAt} />, wideOnly: true },
    {
      key: 'act',
      header: '',
      align: 'right',
      cell: (t) =>
        t.state !== 'ended' && (
          <ConfirmButton
            label="End"
            title="End this token?"
            action="End"
            onConfirm={() => end.mutateAsync(t.id)}
          >
            <Effect
              touches="Whoever provisions with it is refused from the next request on."
              when="At once."
              undo="It cannot be taken back; make a new token."
            />
          </ConfirmButton>
        ),
    },
  ]
  return (
    <Section title="Tokens" actions={<Rotate of={of} />}>
      <Rows label="Tokens" rows={of.tokens} columns={columns} rowKey={(t) => t.id} />
    </Section>
  )
}

function Rotate({ of }: { readonly of: DirectoryPage }) {
  const [opened, setOpened] = useState(false)
  const [hours, setHours] = useState(24)
  const [secret, setSecret] = useState<string>()
  const rotate = useAct(
    () =>
      api.post(`/api/v1/directories/${of.id}/tokens`, {
        body: { overlapHours: hours },
        schema: issued,
      }),
    {
      refresh: ['directories'],
      onDone: (made) => {
        setOpened(false)
        setSecret(made.secret)
      },
    },
  )
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setOpened(true)}>
        New token
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="New token">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            rotate.mutate()
          }}
        >
          <Stack gap="md">
            <NumberInput
              label="Hours in which the tokens until now still work"
              description="Time to put the new one into the provider. 0 ends them now."
              min={0}
              max={720}
              allowDecimal={false}
              value={hours}
              onChange={(value) => setHours(Number(value))}
            />
            <FormFoot
              action="Make token"
              busy={rotate.isPending}
              onCancel={() => setOpened(false)}
            />
          </Stack>
        </form>
      </Modal>
      <SecretOnce
        secret={secret}
        title="The new token"
        onStored={() => {
          setSecret(undefined)
        }}
      >
        <Text size="sm">Put it into your provider in the place of the one until now.</Text>
      </SecretOnce>
    </>
  )
}

/** Whether it may take over who was made by hand. */
export function Adopts({ of, may }: { readonly of: DirectoryPage; readonly may: boolean }) {
  const change = useAct(
    () =>
      api.patch(`/api/v1/directories/${of.id}`, {
        body: { adopts: !of.adopts, version: of.version },
        schema: directoryPage,
      }),
    { done: 'Changed', refresh: ['directories'] },
  )
  return (
    <Group gap="sm">
      <span>{of.adopts ? 'may be taken over, but for owners' : 'stays out of its reach'}</span>
      {may && (
        <ConfirmButton
          label={of.adopts ? 'Forbid taking over' : 'Allow taking over'}
          title={of.adopts ? 'Forbid taking over?' : 'Allow taking over?'}
          action={of.adopts ? 'Forbid' : 'Allow'}
          onConfirm={() => change.mutateAsync(undefined)}
        >
          <Effect
            touches={
              of.adopts
                ? 'Whom it has taken over already stays with it.'
                : 'A member or group that it sends and that was made by hand becomes its own. Never an owner, and never a group that gives a role.'
            }
            when="From its next request on."
            undo={of.adopts ? 'Allow it again.' : 'Disconnecting gives everybody back.'}
          />
        </ConfirmButton>
      )}
    </Group>
  )
}
