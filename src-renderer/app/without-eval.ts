import { z } from 'zod';

// Zod probes with `new Function` whether it may compile parsers. The content security policy refuses that and reports the
// probe as a violation. Schemas probe when they are made: import this module before everything that makes one.
z.config({ jitless: true });
