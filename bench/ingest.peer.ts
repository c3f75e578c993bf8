/**
 * The peer of ingest: @bufbuild/protobuf decoding the same logs, and nothing else. Its descriptors are written here, so that no
 * generated code has to be kept for a figure.
 */
import { create, createFileRegistry, fromBinary, type DescMessage } from '@bufbuild/protobuf'
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt'

type Field = readonly [name: string, number: number, type: Type | string, many?: 'many']

const messages: Readonly<Record<string, readonly Field[]>> = {
  AnyValue: [
    ['string_value', 1, Type.STRING],
    ['bool_value', 2, Type.BOOL],
    ['int_value', 3, Type.INT64],
    ['double_value', 4, Type.DOUBLE],
    ['array_value', 5, 'ArrayValue'],
    ['kvlist_value', 6, 'KeyValueList'],
    ['bytes_value', 7, Type.BYTES],
  ],
  ArrayValue: [['values', 1, 'AnyValue', 'many']],
  KeyValueList: [['values', 1, 'KeyValue', 'many']],
  KeyValue: [
    ['key', 1, Type.STRING],
    ['value', 2, 'AnyValue'],
  ],
  Resource: [['attributes', 1, 'KeyValue', 'many']],
  Scope: [
    ['name', 1, Type.STRING],
    ['version', 2, Type.STRING],
  ],
  LogRecord: [
    ['time_unix_nano', 1, Type.FIXED64],
    ['observed_time_unix_nano', 11, Type.FIXED64],
    ['severity_number', 2, Type.INT32],
    ['severity_text', 3, Type.STRING],
    ['body', 5, 'AnyValue'],
    ['attributes', 6, 'KeyValue', 'many'],
    ['flags', 8, Type.FIXED32],
    ['trace_id', 9, Type.BYTES],
    ['span_id', 10, Type.BYTES],
    ['event_name', 12, Type.STRING],
  ],
  ScopeLogs: [
    ['scope', 1, 'Scope'],
    ['log_records', 2, 'LogRecord', 'many'],
  ],
  ResourceLogs: [
    ['resource', 1, 'Resource'],
    ['scope_logs', 2, 'ScopeLogs', 'many'],
  ],
  Request: [['resource_logs', 1, 'ResourceLogs', 'many']],
}

const file = create(FileDescriptorProtoSchema, {
  name: 'otlp.proto',
  syntax: 'proto3',
  messageType: Object.entries(messages).map(([name, fields]) => ({
    name,
    oneofDecl: name === 'AnyValue' ? [{ name: 'value' }] : [],
    field: fields.map(([field, number, type, many]) => ({
      name: field,
      number,
      label: many ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
      ...(typeof type === 'string' ? { type: Type.MESSAGE, typeName: `.${type}` } : { type }),
      ...(name === 'AnyValue' ? { oneofIndex: 0 } : {}),
    })),
  })),
})

const request = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getMessage(
  'Request',
) as DescMessage

export const peerDecode = (body: Uint8Array): unknown => fromBinary(request, body)
