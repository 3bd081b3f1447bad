/** Takes every byte, finds nothing; gives the message itself as the bytes of any sample. */
import { NO_CONTENT } from '../../../src/core/index.ts'
import { serve } from './serve.ts'

serve({
  async read(source) {
    for await (const _ of source);
    return {
      attachments: [],
      bodies: [],
      message: NO_CONTENT,
      anomalies: [],
      unscannable: '',
      subject: '',
      messageId: '',
    }
  },
  async *bytes(_path, source) {
    yield* source
  },
})
