using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Vigil.Cli;

/// <summary>Looks at the beginning of a bash line.</summary>
internal static partial class CommandWords
{
    private static readonly HashSet<string> OfBash = new(StringComparer.Ordinal)
    {
        ":", ".", "[", "[[", "!", "{", "(", "((", "alias", "bg", "bind", "break", "builtin", "caller", "case", "cd", "command", "compgen", "complete", "continue", "coproc", "declare",
        "dirs", "disown", "echo", "enable", "eval", "exec", "exit", "export", "false", "fc", "fg", "for", "function", "getopts", "hash", "help", "history", "if", "jobs", "kill",
        "let", "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd", "read", "readarray", "readonly", "return", "select", "set", "shift", "shopt", "source", "suspend",
        "test", "time", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
    };

    /// <summary>The first program of a line when it stands there plainly; null for bash's own words, quotes, expansions and functions defined before.</summary>
    public static string? Program(string line)
    {
        var match = FirstWord.Match(line);
        var word = match.Groups["word"].Value;
        return match.Success && word.Length > 0 && !OfBash.Contains(word) ? word : null;
    }

    /// <summary>The script that a command gives to its interpreter; null where none stands there plainly: other programs, code behind an option, options of more than letters.</summary>
    public static string? Script(ImmutableArray<string> words)
    {
        if (words is not [var program, ..] || FlagsOf(Path.GetFileName(program)) is not { } flags) return null;
        var script = words.Skip(1).FirstOrDefault(w => w is not ['-', _, ..] || w.AsSpan(1).IndexOfAnyExcept(flags) >= 0);
        return script is null or "" or ['-', ..] ? null : script;
    }

    /// <summary>The letters that stand for no more than themselves; null for a program that is no interpreter of scripts.</summary>
    private static string? FlagsOf(string interpreter) => interpreter switch
    {
        "bash" or "sh" or "dash" or "zsh" or "ksh" => "efuvx",
        "python" or "pypy" or "pypy3" => "BEIOPSbdqsuv",
        _ when interpreter.StartsWith("python3", StringComparison.Ordinal) => "BEIOPSbdqsuv",
        "perl" or "ruby" or "node" or "Rscript" or "julia" => "",
        _ => null,
    };

    // Assignments before the program (A=1 B="x" python …) are passed over when they are plain.
    [GeneratedRegex(@"^\s*(?:[A-Za-z_]\w*=[\w./:,+-]*\s+)*(?<word>[\w./+-]+)(?=\s|$|;|&&|\|)", RegexOptions.CultureInvariant)]
    private static partial Regex FirstWord { get; }
}
