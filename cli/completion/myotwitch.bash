# SPDX-License-Identifier: GPL-3.0-or-later
# Completion for bash: commands and options are asked of the program itself, files are bash's.
_myotwitch()
{
    local word=${COMP_WORDS[COMP_CWORD]} words
    if [ "$COMP_CWORD" -eq 1 ]; then
        words=$("${COMP_WORDS[0]}" --help 2>/dev/null | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p')
    elif [[ $word == -* ]]; then
        words=$("${COMP_WORDS[0]}" "${COMP_WORDS[1]}" --help 2>/dev/null |
            grep -o -E -e '^  (-., )?--[a-z0-9-]+' | grep -o -E -e '--[a-z0-9-]+')
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _myotwitch myotwitch
