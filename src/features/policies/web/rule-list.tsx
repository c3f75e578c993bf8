import { ActionIcon, Select } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconGripVertical, IconX } from '@tabler/icons-react'
import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
  type DragEndEvent,
} from '@dnd-kit/core'
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable'
import { Link, Status } from '#web/kit/index.ts'
import type { Policy, Rule } from '../schema.ts'

/** A rule as it is being edited; what only the server knows is missing on a new one. */
export type RuleDraft = Pick<Rule, 'groupId' | 'groupName' | 'policyId'> & Partial<Rule>

interface Props {
  readonly rules: readonly RuleDraft[]
  readonly policies: readonly Policy[]
  readonly editable: boolean
  readonly onChange: (rules: readonly RuleDraft[]) => void
}

/** The rules in their order: by drag, by the arrow buttons, or with the grip focused: space, arrows, space. */
export function RuleList({ rules, policies, editable, onChange }: Props) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  const ids = rules.map((rule) => rule.groupId)
  const name = (id: string | number): string =>
    rules.find((rule) => rule.groupId === id)?.groupName ?? ''
  const place = (id: string | number | undefined): number =>
    id === undefined ? -1 : ids.indexOf(String(id))
  const move = (from: number, to: number) => onChange(arrayMove([...rules], from, to))
  const dropped = ({ active, over }: DragEndEvent) => {
    if (over && active.id !== over.id) move(place(active.id), place(over.id))
  }
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={dropped}
      accessibility={{
        announcements: {
          onDragStart: ({ active }) => `Picked up the rule for ${name(active.id)}.`,
          onDragOver: ({ active, over }) =>
            over
              ? `The rule for ${name(active.id)} is now number ${place(over.id) + 1}.`
              : undefined,
          onDragEnd: ({ active, over }) =>
            `Dropped the rule for ${name(active.id)} as number ${place(over?.id) + 1}.`,
          onDragCancel: ({ active }) => `The rule for ${name(active.id)} stays where it was.`,
        },
      }}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy} disabled={!editable}>
        <ol className="gh-rules" aria-label="Group rules">
          {rules.map((rule, index) => (
            <Row
              key={rule.groupId}
              rule={rule}
              index={index}
              last={index === rules.length - 1}
              policies={policies}
              editable={editable}
              onMove={(to) => move(index, to)}
              onPolicy={(policyId) =>
                onChange(rules.map((r, i) => (i === index ? { ...r, policyId } : r)))
              }
              onRemove={() => onChange(rules.filter((_, i) => i !== index))}
            />
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  )
}

interface RowProps {
  readonly rule: RuleDraft
  readonly index: number
  readonly last: boolean
  readonly policies: readonly Policy[]
  readonly editable: boolean
  readonly onMove: (to: number) => void
  readonly onPolicy: (policyId: string) => void
  readonly onRemove: () => void
}

function Row({ rule, index, last, policies, editable, onMove, onPolicy, onRemove }: RowProps) {
  const { setNodeRef, transform, transition, isDragging, attributes, listeners } = useSortable({
    id: rule.groupId,
  })
  return (
    <li
      ref={setNodeRef}
      style={{
        ...(transform ? { transform: `translate3d(0, ${Math.round(transform.y)}px, 0)` } : {}),
        ...(transition === undefined ? {} : { transition }),
      }}
      data-dragging={isDragging || undefined}
    >
      {editable && (
        <button
          type="button"
          className="gh-grip"
          {...attributes}
          {...listeners}
          aria-label={`Move the rule for ${rule.groupName}`}
        >
          <IconGripVertical size={16} aria-hidden />
        </button>
      )}
      <span className="gh-rule-number">{index + 1}</span>
      <div className="gh-rule-who">
        <div>
          <Link to={`/groups/${rule.groupId}`}>{rule.groupName}</Link>
        </div>
        <Reach of={rule} />
      </div>
      <span aria-hidden className="gh-rule-arrow">
        gets
      </span>
      {editable ? (
        <Select
          className="gh-rule-policy"
          aria-label={`Policy for ${rule.groupName}`}
          searchable
          allowDeselect={false}
          data={policies.map((p) => ({ value: p.id, label: p.name }))}
          value={rule.policyId}
          onChange={(policyId) => {
            if (policyId !== null) onPolicy(policyId)
          }}
        />
      ) : (
        <div className="gh-rule-policy">
          <Link to={`/policies/${rule.policyId}`}>{rule.policyName ?? rule.policyId}</Link>
        </div>
      )}
      {editable && (
        <div className="gh-rule-acts">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Move the rule for ${rule.groupName} up`}
            disabled={index === 0}
            onClick={() => onMove(index - 1)}
          >
            <IconArrowUp size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Move the rule for ${rule.groupName} down`}
            disabled={last}
            onClick={() => onMove(index + 1)}
          >
            <IconArrowDown size={16} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove the rule for ${rule.groupName}`}
            onClick={onRemove}
          >
            <IconX size={16} />
          </ActionIcon>
        </div>
      )}
    </li>
  )
}

function Reach({ of: rule }: { readonly of: RuleDraft }) {
  if (rule.inGroup === undefined || rule.decides === undefined)
    return <Status meaning="added">new</Status>
  if (rule.inGroup === 0) return <span className="gh-quiet">nobody is in this group</span>
  if (rule.decides === 0) {
    const by = (rule.shadowedBy ?? [])
      .map(({ position, groupName }) => `rule ${position} (${groupName})`)
      .join(', ')
    return (
      <span>
        <Status meaning="prompt">decides for nobody</Status>{' '}
        <span className="gh-quiet">
          all {rule.inGroup.toLocaleString('en')} are taken by {by}
        </span>
      </span>
    )
  }
  return (
    <span className="gh-quiet">
      {rule.decides < rule.inGroup
        ? `decides for ${rule.decides.toLocaleString('en')} of ${rule.inGroup.toLocaleString('en')} in the group`
        : `decides for all ${rule.inGroup.toLocaleString('en')} in the group`}
    </span>
  )
}
