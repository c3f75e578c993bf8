import { nameKey } from '#features/access/index.ts'
import { route, type Permission } from '#features/workspace/index.ts'
import { found, Problem } from '#kernel/problem.ts'
import type { Actor, Route } from '#kernel/route.ts'
import type { Secrets } from '#kernel/secrets.ts'
import { newSigningSecret } from '#kernel/sign.ts'
import { enqueue, notify, type Work } from '#kernel/work.ts'
import { alarmChannel } from './alarms.ts'
import type { ComplianceParts } from './parts.ts'
import * as schema from './schema.ts'
import { secretContext, tryOut } from './send/deliver.ts'
import { deliverJob } from './send/job.ts'
import {
  allDestinations,
  deleteDestination,
  destinationById,
  insertDestination,
  setDestination,
  type DestinationRow,
} from './store.destinations.ts'
import { shownDestination } from './show.destinations.ts'
import { newestNumber } from './store.files.ts'

const guard = {
  auth: ['session', 'key'],
  permission: 'settings.manage',
  errors: 'problem',
} as const

/** Where files are sent by themselves. Who says so sends everything out, so must be allowed to read it. */
export function destinationRoutes(parts: ComplianceParts): readonly Route[] {
  const { ids, secrets } = parts.runtime
  return [
    route({
      ...guard,
      id: 'compliance.destinations',
      method: 'GET',
      path: '/api/v1/compliance/destinations',
      summary: 'Where files of the compliance log are sent, and how that goes',
      permission: 'compliance.read',
      output: schema.destinations,
      audit: null,
      handle: (call) =>
        call.read(function* () {
          const items: schema.Destination[] = []
          for (const row of yield* allDestinations()) items.push(yield* shownDestination(row))
          return { items }
        }),
    }),
    route({
      ...guard,
      id: 'compliance.add-destination',
      method: 'POST',
      path: '/api/v1/compliance/destinations',
      summary: 'Send files to a folder, a bucket, a webhook or a syslog receiver from now on',
      body: schema.newDestination,
      output: schema.issuedDestination,
      status: 201,
      audit: 'compliance.add-destination',
      recent: true,
      handle: (call, { body }) =>
        call.write(function* (record) {
          mustRead(call.actor)
          const id = ids('cld')
          const signing = body.kind === 'webhook' ? newSigningSecret() : null
          const sealed = secretOf(body, signing)
          yield* insertDestination({
            id,
            name: body.name,
            name_key: nameKey(body.name),
            kind: body.kind,
            settings: JSON.stringify(shownSettings(body)),
            secret_sealed: sealed === null ? null : secrets.seal(sealed, secretContext(id)),
            event_types: JSON.stringify(body.eventTypes),
            paused: 0,
            delivered: body.from === 'now' ? yield* newestNumber() : 0,
            failing_since: null,
            failures: 0,
            last_error: null,
            last_success_at: null,
            busy_until: 0,
            busy_by: '',
            revision: 1,
            created_at: call.now,
            created_by: call.actor.label,
          })
          yield* enqueue({ name: deliverJob, payload: { destinationId: id }, dedupeKey: id })
          const destination = yield* one(id)
          yield* record({ target: target(destination), after: facts(destination) })
          return { destination, secret: signing }
        }),
    }),
    route({
      ...guard,
      id: 'compliance.edit-destination',
      method: 'PUT',
      path: '/api/v1/compliance/destinations/{id}',
      summary:
        'Change where files are sent to, with which secret; it goes on after the last that arrived',
      params: schema.idParams,
      body: schema.destinationEdit,
      output: schema.destination,
      audit: 'compliance.edit-destination',
      recent: true,
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          mustRead(call.actor)
          const { row, before } = yield* asRead(id, body.revision)
          if (row.kind !== body.kind)
            throw new Problem('wrong_state', `It is of the kind ${row.kind}.`, {
              remedy: 'Add another one, from now on, and end this one.',
            })
          const sealed = editedSecret(secrets, row, body)
          yield* setDestination(id, {
            name: body.name,
            name_key: nameKey(body.name),
            event_types: JSON.stringify(body.eventTypes),
            ...(body.kind !== 'webhook' && { settings: JSON.stringify(body.settings) }),
            ...(body.kind === 'webhook' &&
              body.settings.url !== undefined && {
                settings: JSON.stringify({ url: shownUrl(body.settings.url) }),
              }),
            ...(sealed !== undefined && { secret_sealed: sealed }),
            revision: row.revision + 1,
            ...triedAtOnce,
          })
          yield* enqueue({ name: deliverJob, payload: { destinationId: id }, dedupeKey: id })
          yield* notify(alarmChannel)
          const after = yield* one(id)
          yield* record({
            target: target(after),
            before: facts(before),
            after: { ...facts(after), newSecret: sealed !== undefined },
          })
          return after
        }),
    }),
    route({
      ...guard,
      id: 'compliance.change-destination',
      method: 'PATCH',
      path: '/api/v1/compliance/destinations/{id}',
      summary: 'Pause sending, or go on where it stopped',
      params: schema.idParams,
      body: schema.destinationChange,
      output: schema.destination,
      audit: 'compliance.change-destination',
      handle: (call, { params: { id }, body }) =>
        call.write(function* (record) {
          mustRead(call.actor)
          const { row, before } = yield* asRead(id, body.revision)
          yield* setDestination(id, {
            paused: Number(body.paused),
            revision: row.revision + 1,
            ...(!body.paused && triedAtOnce),
          })
          if (!body.paused)
            yield* enqueue({ name: deliverJob, payload: { destinationId: id }, dedupeKey: id })
          yield* notify(alarmChannel)
          const after = yield* one(id)
          yield* record({ target: target(after), before: facts(before), after: facts(after) })
          return after
        }),
    }),
    route({
      ...guard,
      id: 'compliance.test-destination',
      method: 'POST',
      path: '/api/v1/compliance/destinations/{id}/test',
      summary: 'Send something small now and say what came of it',
      params: schema.idParams,
      output: schema.destinationTest,
      audit: 'compliance.test-destination',
      handle: async (call, { params: { id } }) => {
        mustRead(call.actor)
        const row = found(await call.read(() => destinationById(id)), 'destination')
        const arrival = await tryOut(parts, row)
        await call.write(function* (record) {
          yield* record({ target: target(row), after: { arrived: arrival.ok } })
        })
        return arrival.ok
          ? { ok: true, message: `${row.name} took it.` }
          : { ok: false, message: arrival.message }
      },
    }),
    route({
      ...guard,
      id: 'compliance.delete-destination',
      method: 'DELETE',
      path: '/api/v1/compliance/destinations/{id}',
      summary: 'Send nothing there any more; what is there stays',
      params: schema.idParams,
      output: null,
      audit: 'compliance.delete-destination',
      recent: true,
      handle: async (call, { params: { id } }) => {
        await call.write(function* (record) {
          mustRead(call.actor)
          const before = yield* one(id)
          yield* deleteDestination(id)
          yield* notify(alarmChannel)
          yield* record({ target: target(before), before: facts(before) })
        })
        return new Response(null, { status: 204 })
      },
    }),
  ]
}

function mustRead({ permissions }: Actor): void {
  const needed: Permission = 'compliance.read'
  if (!permissions.has(needed))
    throw new Problem('exceeds_own_rights', 'This sends out what you may not read yourself.', {
      remedy: `It needs the permission ${needed} as well.`,
    })
}

/** The address of a webhook is a secret itself: its query often is what lets in. */
const secretOf = (body: schema.NewDestination, signing: string | null): string | null => {
  if (body.kind === 's3') return body.secretAccessKey
  return body.kind === 'webhook'
    ? JSON.stringify({ url: body.settings.url, secret: signing })
    : null
}

const shownSettings = (body: schema.NewDestination): object =>
  body.kind === 'webhook' ? { url: shownUrl(body.settings.url) } : body.settings

function shownUrl(url: string): string {
  const { origin, pathname, search } = new URL(url)
  return `${origin}${pathname}${search === '' ? '' : '?…'}`
}

/** Sealed anew where something of it was given; undefined: it stays. */
function editedSecret(
  secrets: Secrets,
  { id, secret_sealed: sealed }: DestinationRow,
  body: schema.DestinationEdit,
): string | undefined {
  const seal = (text: string): string => secrets.seal(text, secretContext(id))
  if (body.kind === 's3' && body.secretAccessKey !== undefined) return seal(body.secretAccessKey)
  if (body.kind !== 'webhook' || body.settings.url === undefined) return undefined
  const { secret } = JSON.parse(secrets.open(sealed ?? '', secretContext(id))) as { secret: string }
  return seal(JSON.stringify({ url: body.settings.url, secret }))
}

/** Who lets it go on, or changed it, says that it works. */
const triedAtOnce = { failing_since: null, failures: 0 } as const

function* asRead(
  id: string,
  revision: number,
): Work<{ readonly row: DestinationRow; readonly before: schema.Destination }> {
  const row = found(yield* destinationById(id), 'destination')
  const before = yield* shownDestination(row)
  if (row.revision !== revision)
    throw new Problem('edited_meanwhile', undefined, {
      remedy: 'Look at it as it is now, then change it again.',
      data: { current: before },
    })
  return { row, before }
}

function* one(id: string): Work<schema.Destination> {
  return yield* shownDestination(found(yield* destinationById(id), 'destination'))
}

const target = ({ id, name }: { readonly id: string; readonly name: string }) => ({
  kind: 'compliance_destination',
  id,
  label: name,
})

const facts = ({ kind, where, format, eventTypes, state }: schema.Destination) => ({
  kind,
  where,
  format,
  eventTypes,
  state,
})
