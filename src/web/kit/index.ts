/**
 * The kit: what every screen is made of. A screen is `Page` with, inside, `DataTable` or `Loaded` around an answer.
 *
 * - frame: {@link Page}, {@link Section}, {@link Facts}, {@link Front} (before signing in)
 * - going places: {@link Link}, {@link LinkButton}, `useGo`, `useParam`, `useAddress`, `useMayOpen`
 * - talking to the server: `api`, `useApi`, `useAct`, `ApiError`, `useSession`, `useCan`
 * - lists: {@link DataTable} (from the server), {@link Rows} (rows at hand)
 * - states: {@link Empty}, {@link Loading}, {@link ErrorState}, {@link Forbidden}, {@link NotFound}, {@link Loaded}
 * - small: {@link Time}, {@link Id}, {@link Status}, {@link CopyBlock}, {@link FormFoot}, {@link MessageField}
 * - acts: {@link Confirm}, {@link ConfirmButton}, {@link Effect}, {@link SecretOnce}
 * - a document with a history: `Diff`, `Timeline`, `TomlEditor`
 *
 * Fields, buttons, tabs and everything else come from Mantine as they are; the theme gives them the house's look.
 */
export { api, ApiError, saveFile, type ApiErrorItem } from '../api.ts'
export { useApi, useAct, notifyError, type ActOptions, type UseApiOptions } from '../query.ts'
export { useAddress, useGo, useParam } from '../use-address.ts'
export { safeNext } from '../address.ts'
export { toSignIn, useSession, useCan, type Session } from '../session.ts'
export { lazyScreen, type Nav, type NavGroup, type Screen } from '../screen.ts'
export { Page, Section, Facts, type PageProps } from './page.tsx'
export { Front, useMayOpen } from './shell.tsx'
export { Link, LinkButton } from './link.tsx'
export { DataTable, Pager, type DataTableProps, type ListFilter } from './data-table.tsx'
export { Rename } from './rename.tsx'
export { Rows, type Column, type RowsProps } from './rows.tsx'
export { FormFoot } from './form-foot.tsx'
export { MessageField } from './message-field.tsx'
export { plural } from './plural.ts'
export { FilterBox } from './filter-box.tsx'
export { Empty, ErrorState, Forbidden, Loaded, Loading, NotFound } from './states.tsx'
export { Time } from './time.tsx'
export { exactTime, relativeTime } from './clock-text.ts'
export { Id } from './id.tsx'
export { Marked } from './marked.tsx'
export { Status, type Meaning } from './status.tsx'
export { CopyBlock } from './copy-block.tsx'
export { useCopy } from './copy.ts'
export {
  answerWithPasskey,
  forgetPasskeyQuestion,
  makePasskey,
  passkeysInFields,
  passkeysSupported,
} from './passkey.ts'
export { Confirm, ConfirmButton, Effect, type ConfirmProps } from './confirm.tsx'
export { SecretOnce, type SecretOnceProps } from './secret-once.tsx'
export { Diff } from './diff.tsx'
export type { DiffProps } from './diff-view.tsx'
export { Timeline, type TimelineProps, type TimelineVersion } from './timeline.tsx'
export { TomlEditor, type TomlEditorProps } from './toml-editor.tsx'
export type { TomlAssist } from './toml-assist.ts'
export type { EditorComplaint, TextEdit } from './complaint.ts'
export { ChangeSetView, Complaints, people, Side, useChangeSet } from './change-set.tsx'
export { ChangeSetConfirm, type ChangeSetConfirmProps } from './change-set-confirm.tsx'
export { ApprovalRequired, AskFields, Needs, useAskApproval, waitsFor } from './approval.tsx'
export { actOf } from './act-address.ts'
