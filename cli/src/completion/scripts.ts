import { FILES } from './complete.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script that teaches a shell to complete the program; it asks the program itself for candidates. */
export function completionScript(shell: Shell, program: string): string {
  switch (shell) {
    case 'bash':
      return bash(program);
    case 'zsh':
      return zsh(program);
    case 'fish':
      return fish(program);
  }
}

const bash = (program: string): string => `# bash completion of ${program}
__${program}_complete() {
  local line="\${COMP_LINE:0:COMP_POINT}" current candidate
  current="\${COMP_WORDS[COMP_CWORD]}"
  case "$current" in '=' | ':') current='' ;; esac
  COMPREPLY=()
  while IFS='' read -r candidate; do
    if [[ "$candidate" == '${FILES}' ]]; then
      compopt -o filenames 2>/dev/null
      while IFS='' read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${candidate%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" __complete bash "$line" 2>/dev/null)
}
complete -F __${program}_complete ${program}
`;

const zsh = (program: string): string => `#compdef ${program}
# zsh completion of ${program}
_${program}() {
  local candidate
  local -a lines described
  lines=("\${(@f)$("\${words[1]}" __complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for candidate in "\${lines[@]}"; do
    if [[ "$candidate" == '${FILES}' ]]; then
      _files
      return
    fi
    [[ -n "$candidate" ]] && described+=("\${\${candidate//:/\\\\:}/$'\\t'/:}")
  done
  _describe -V '${program}' described
}
if [ "\${funcstack[1]}" = "_${program}" ]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;

const fish = (program: string): string => `# fish completion of ${program}
function __${program}_complete
  set -l words (commandline -opc) (commandline -ct)
  for candidate in ($words[1] __complete fish $words[2..-1] 2>/dev/null)
    if test "$candidate" = '${FILES}'
      __fish_complete_path (commandline -ct)
    else
      echo $candidate
    end
  end
end
complete -c ${program} -f -a '(__${program}_complete)'
`;
