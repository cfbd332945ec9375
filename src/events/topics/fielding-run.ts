import { versionOf, type FieldingRunRead } from '../../upstream/client/fielding-run-calls.js';
import { fieldingRunPath, type FieldingRunRef } from '../../upstream/resources/resource-ref.js';
import { isOlder } from '../../upstream/resources/version.js';
import type { Topic } from '../topic.js';

/** A fielding run; its version orders its states. */
export function fieldingRunTopic(ref: FieldingRunRef): Topic<FieldingRunRead> {
  return {
    name: fieldingRunPath(ref),
    about: ref,
    startsWithState: true,
    hasWebhooks: true,
    notFound: 'There is no fielding run with this `id`.',
    async read(newClient, onState) {
      const read = await newClient().getFieldingRun(ref);
      if (read !== null) onState('', read);
      return read !== null;
    },
    revisionOf: versionOf,
    isNewer: isOlder,
    isFinal: () => false,
    mayBeNewerThan: () => true,
  };
}
