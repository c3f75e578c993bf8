import { useState } from 'react'
import { Button, Group, Modal, Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Effect,
  Facts,
  Loaded,
  makePasskey,
  passkeysSupported,
  Rename,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  type Column,
} from '#web/kit/index.ts'
import {
  added,
  factors,
  recoveryCodes,
  type Factors,
  type Passkey,
} from '../second-factor/schema.ts'
import { AddAuthenticator } from './add-authenticator.tsx'
import { RecoveryCodesDialog } from './recovery-codes.tsx'

const refresh = ['factors', 'session', 'sessions', 'second-factor-rule']

/** The own second factors: passkeys, the authenticator app, and the codes for the day when both are lost. */
export function OwnFactors() {
  const answer = useApi(['factors'], '/api/v1/factors', factors)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  return (
    <>
      <Loaded of={answer}>
        {(mine) => (
          <>
            <Passkeys of={mine} onCodes={setCodes} />
            <Authenticator of={mine} onCodes={setCodes} />
            {mine.recoveryCodes && <Codes of={mine.recoveryCodes} onCodes={setCodes} />}
          </>
        )}
      </Loaded>
      <RecoveryCodesDialog codes={codes} onStored={() => setCodes(null)} />
    </>
  )
}

interface PartProps {
  readonly of: Factors
  readonly onCodes: (codes: readonly string[] | null) => void
}

function Passkeys({ of: mine, onCodes }: PartProps) {
  const add = useAct(
    async () =>
      api.post('/api/v1/passkeys', {
        body: { passkey: await makePasskey('/api/v1/passkeys/challenge') },
        schema: added,
      }),
    { done: 'Passkey added.', refresh, onDone: (it) => onCodes(it.codes) },
  )
  const remove = useAct((id: string) => api.delete(`/api/v1/passkeys/${id}`), {
    done: 'Passkey removed.',
    refresh,
  })
  const columns: readonly Column<Passkey>[] = [
    {
      key: 'name',
      header: 'Name',
      cell: (p) => (
        <Group gap="xs">
          {p.name}
          {p.clonedAt !== null && <Status meaning="forbidden">copied, opens nothing</Status>}
        </Group>
      ),
    },
    { key: 'added', header: 'Added', cell: (p) => <Time at={p.createdAt} />, wideOnly: true },
    { key: 'used', header: 'Last used', cell: (p) => <Time at={p.lastUsedAt} none="never" /> },
    {
      key: 'acts',
      header: 'Rename or remove',
      align: 'right',
      cell: (p) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Rename
            title={`Rename the passkey “${p.name}”`}
            name={p.name}
            maxLength={60}
            refresh={refresh}
            button={{ size: 'compact-sm' }}
            rename={(name) => api.patch(`/api/v1/passkeys/${p.id}`, { body: { name } })}
          />
          <ConfirmButton
            label="Remove"
            title={`Remove the passkey “${p.name}”?`}
            action="Remove"
            button={{ size: 'compact-sm' }}
            onConfirm={() => remove.mutateAsync(p.id)}
          >
            <Effect
              touches="Whoever holds the device cannot sign in with it any more."
              when="At once."
              undo="Add it again. Remove it on the device too: it does not know."
            />
          </ConfirmButton>
        </Group>
      ),
    },
  ]
  const can = mine.passkeysWork && passkeysSupported()
  return (
    <Section
      title="Passkeys"
      about="Sign in with the fingerprint, face or PIN of a device, without a password."
      actions={
        can && (
          <Button variant="default" loading={add.isPending} onClick={() => add.mutate(undefined)}>
            Add a passkey
          </Button>
        )
      }
    >
      {mine.passkeys.length > 0 ? (
        <Rows label="Passkeys" columns={columns} rows={mine.passkeys} rowKey={(p) => p.id} />
      ) : (
        <Text size="sm" c="dimmed">
          {can
            ? 'None. One is a second factor as well.'
            : 'Passkeys need a Gatehouse that is opened by its host name over https, and a browser that knows them.'}
        </Text>
      )}
    </Section>
  )
}

function Authenticator({ of: mine, onCodes }: PartProps) {
  const [adding, setAdding] = useState(false)
  const remove = useAct(() => api.delete('/api/v1/authenticator'), {
    done: 'Authenticator app removed.',
    refresh,
  })
  const finish = useAct((codes: readonly string[] | null) => Promise.resolve(codes), {
    done: 'Authenticator app added.',
    refresh,
    onDone: (codes) => onCodes(codes),
  })
  return (
    <Section
      title="Authenticator app"
      about="Six digits after the password, from an app on your phone."
      actions={
        mine.authenticator ? (
          <ConfirmButton
            label="Remove"
            title="Remove the authenticator app?"
            action="Remove"
            onConfirm={() => remove.mutateAsync(undefined)}
          >
            <Effect
              touches={
                mine.passkeys.length === 0
                  ? 'Your password alone signs you in then, and your recovery codes go.'
                  : 'Your passkey is your second factor then.'
              }
              when="At your next sign-in."
              undo="Add an app again."
            />
          </ConfirmButton>
        ) : (
          <Button variant="default" onClick={() => setAdding(true)}>
            Add an app
          </Button>
        )
      }
    >
      {mine.authenticator ? (
        <Facts
          of={[
            ['Added', <Time at={mine.authenticator.addedAt} />],
            ['Last used', <Time at={mine.authenticator.lastUsedAt} none="never" />],
          ]}
        />
      ) : (
        <Text size="sm" c="dimmed">
          None.
        </Text>
      )}
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add an authenticator app">
        <AddAuthenticator
          onCancel={() => setAdding(false)}
          onAdded={(it) => {
            setAdding(false)
            finish.mutate(it.codes)
          }}
        />
      </Modal>
    </Section>
  )
}

function Codes({
  of: { left, madeAt },
  onCodes,
}: {
  readonly of: NonNullable<Factors['recoveryCodes']>
  readonly onCodes: PartProps['onCodes']
}) {
  const make = useAct(() => api.post('/api/v1/recovery-codes', { schema: recoveryCodes }), {
    refresh,
    onDone: ({ codes }) => onCodes(codes),
  })
  return (
    <Section
      title="Recovery codes"
      about="For the day when your passkey or your app is lost. Each works once."
      actions={
        <ConfirmButton
          label="Make new ones"
          title="Make new recovery codes?"
          action="Make new ones"
          danger={false}
          onConfirm={() => make.mutateAsync(undefined)}
        >
          <Effect touches="All codes that you have kept open nothing any more." when="At once." />
        </ConfirmButton>
      }
    >
      <Facts
        of={[
          [
            'Left',
            left > 2 ? (
              `${left} of 10`
            ) : (
              <Status meaning="prompt">{`${left} of 10: make new ones`}</Status>
            ),
          ],
          ['Made', <Time at={madeAt} />],
        ]}
      />
    </Section>
  )
}
