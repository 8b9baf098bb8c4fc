# SPDX-License-Identifier: GPL-3.0-or-later
# Completion for bash: commands, options and ids are asked of the program itself, files are bash's.

# What may stand at this place of `myotwitch model QUESTION ID`.
_myotwitch_model()
{
    local ids=("${COMP_WORDS[0]}" model ids) kind=${COMP_WORDS[2]}
    if [ "$COMP_CWORD" -eq 2 ]; then
        echo "lookup satellites options tool needle why ids verify facts sections sources params" \
            "zones hazards muscles tools techniques mechanisms protocols rules timelines factors" \
            "habits mimics faq profiles"
        return
    fi
    if [ "${COMP_WORDS[COMP_CWORD - 1]}" = --pain ]; then
        kind=zones
    fi
    case $kind in
        satellites | options | tool | needle) "${ids[@]}" muscles ;;
        why) "${ids[@]}" rules && "${ids[@]}" facts && "${ids[@]}" params ;;
        *) "${ids[@]}" "$kind" ;;
    esac 2>/dev/null
}

_myotwitch()
{
    local word=${COMP_WORDS[COMP_CWORD]} words
    if [ "$COMP_CWORD" -eq 1 ]; then
        words=$("${COMP_WORDS[0]}" --help 2>/dev/null | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p')
    elif [ "${COMP_WORDS[1]}" = model ] && [[ $word != -* ]]; then
        words=$(_myotwitch_model)
    elif [ "$COMP_CWORD" -eq 2 ] && [ "${COMP_WORDS[1]}" = session ] && [[ $word != -* ]]; then
        words=$("${COMP_WORDS[0]}" session --help 2>/dev/null | sed -n 's/^  \([a-z]*\) FILE.*/\1/p')
    elif [ "$COMP_CWORD" -eq 2 ] && [ "${COMP_WORDS[1]}" = synth ] && [[ $word != -* ]]; then
        words=$("${COMP_WORDS[0]}" synth --list 2>/dev/null | sed 's/ .*//')
    elif [[ $word == -* ]]; then
        words=$("${COMP_WORDS[0]}" "${COMP_WORDS[1]}" --help 2>/dev/null |
            grep -o -E -e '^  (-., )?--[a-z0-9_-]+' | grep -o -E -e '--[a-z0-9_-]+')
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _myotwitch myotwitch
