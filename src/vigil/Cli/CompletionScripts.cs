using System.Text;

namespace Vigil.Cli;

/// <summary>What a shell needs to complete Vigil's words: a few lines that ask the program itself.</summary>
internal static class CompletionScripts
{
    /// <summary>What the scripts call: not a command for people.</summary>
    public const string Door = "__complete";

    public static string[] Shells { get; } = ["bash", "zsh", "fish"];

    public static string Of(string shell) => shell switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };

    /// <param name="words"><c>bash WORDBREAKS LINE</c>, or <c>zsh</c> or <c>fish</c> and the words after the program's name.</param>
    public static void Answer(CliContext context, IReadOnlyList<string> words)
    {
        var (shell, breaks) = (words.Count > 0 ? words[0] : null, words.ElementAtOrDefault(1) ?? "");
        var typed = shell == "bash" ? LineWords(words.ElementAtOrDefault(2) ?? "").Skip(1).ToList() : [.. words.Skip(1)];
        // Bash parts a word at '=' and ':' and wants only what follows the last of them.
        var kept = shell == "bash" && typed.Count > 0 ? typed[^1].LastIndexOfAny([.. breaks.Where(static c => !char.IsWhiteSpace(c))]) + 1 : 0;
        foreach (var candidate in new Completer(context, VigilCommand.Create(context)).Candidates(typed))
            context.Out.Write($"{candidate[kept..]}{(shell == "bash" && candidate[^1] is not ('=' or '.' or '/') ? " " : "")}\n");
    }

    /// <summary>The words of a line that is being typed, quotes taken off; the last one may be empty.</summary>
    public static List<string> LineWords(string line)
    {
        var (words, word, isOpen, quote) = (new List<string>(), new StringBuilder(), false, '\0');
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isOpen) words.Add(word.ToString());
                word.Clear();
                isOpen = false;
                continue;
            }
            isOpen = true;
            if (c == '\\' && quote != '\'' && i + 1 < line.Length) word.Append(line[++i]);
            else if (quote == '\0' && c is '"' or '\'') quote = c;
            else if (c == quote) quote = '\0';
            else word.Append(c);
        }
        words.Add(word.ToString());
        return words;
    }

    private const string Bash = """
        # Completion of vigil in bash. Now: source <(vigil completion bash). For good: put that line into ~/.bashrc
        _vigil() {
            mapfile -t COMPREPLY < <("${COMP_WORDS[0]/#\~/$HOME}" __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
        }
        complete -o nospace -o default -F _vigil vigil

        """;

    private const string Zsh = """
        #compdef vigil
        # Completion of vigil in zsh. Now: source <(vigil completion zsh). For good: put that line into ~/.zshrc, after compinit
        _vigil() {
            local -a whole open
            local candidate
            for candidate in "${(@f)$("${words[1]/#\~/$HOME}" __complete zsh "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
                case $candidate in
                    '') ;;
                    *[=./]) open+=("$candidate") ;;
                    *) whole+=("$candidate") ;;
                esac
            done
            if (( $#whole + $#open == 0 )); then _files; return; fi
            (( $#open )) && compadd -S '' -a open
            (( $#whole )) && compadd -a whole
        }
        compdef _vigil vigil

        """;

    private const string Fish = """
        # Completion of vigil in fish. Now: vigil completion fish | source. For good: vigil completion fish > ~/.config/fish/completions/vigil.fish
        function __vigil_complete
            set -l words (commandline -opc)
            $words[1] __complete fish $words[2..-1] (commandline -ct) 2>/dev/null
        end
        complete -c vigil -a '(__vigil_complete)'

        """;
}
