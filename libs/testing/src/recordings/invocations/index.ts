export {
  type RecordedCall,
  type Invocation,
  invocations,
  plain,
  withoutDefaults,
  Bindings,
} from './invocations.ts';
