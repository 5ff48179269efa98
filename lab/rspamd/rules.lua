-- Lua side of the rig's Rspamd: the library, and the words that make mail spam.
require "global_functions" ()
config['regexp'] = {
  LOUD_SUBJECT = {
    re = 'Subject=/^[^a-z]{16,}$/H',
    score = 3.5,
    group = 'words',
  },
  PRIZE_WORDS = {
    re = '/\\b(?:you have won|claim your prize|act now|risk[- ]free|100% free)\\b/iP',
    score = 7.0,
    group = 'words',
  },
}
