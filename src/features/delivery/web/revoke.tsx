import { api, ConfirmButton, Effect, Loaded, useAct, useApi, plural } from '#web/kit/index.ts'
import { enrolmentDetail, revocationPreview, type EnrolmentDetail } from '../schema.ts'
import { When } from './words.tsx'

/** Says how many machines will refuse to start, as far as it can be known, before it happens. */
export function Revoke({ of }: { readonly of: EnrolmentDetail }) {
  const revoke = useAct(
    () => api.post(`/api/v1/enrolments/${of.id}/revoke`, { schema: enrolmentDetail }),
    { refresh: ['enrolments', 'overview'], done: 'Revoked', onError: () => true },
  )
  return (
    <ConfirmButton
      label="Revoke"
      button={{ color: 'red', variant: 'light' }}
      title={`Revoke “${of.name}”?`}
      action="Revoke"
      typed={of.name}
      size="lg"
      onConfirm={() => revoke.mutateAsync(undefined)}
    >
      <Preview of={of} />
    </ConfirmButton>
  )
}

function Preview({ of }: { readonly of: EnrolmentDetail }) {
  const answer = useApi(
    ['revocation', of.id],
    `/api/v1/enrolments/${of.id}/revocation`,
    revocationPreview,
  )
  return (
    <Loaded of={answer}>
      {(p) => (
        <Effect
          touches={
            <>
              <strong>{plural(p.addresses24h, 'network address', 'network addresses')}</strong>{' '}
              fetched {p.fetches24h.toLocaleString('en')} times in the last 24 hours; last{' '}
              <When at={p.lastFetchedAt} />. {p.meaning}
            </>
          }
          when={p.effect}
          undo={p.undo}
        />
      )}
    </Loaded>
  )
}
