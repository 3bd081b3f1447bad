/** Takes every byte, finds nothing; gives the message itself as the bytes of any sample. */
import { serve } from './serve.ts'

serve({
  async read(source) {
    for await (const _ of source);
    return {
      attachments: [],
      bodies: [],
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
