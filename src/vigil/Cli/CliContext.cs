namespace Vigil.Cli;

/// <summary>The world as a command sees it. Results go to <c>Out</c>, talk to <c>Talk</c>.</summary>
internal sealed record CliContext
{
    public required TextWriter Out { get; init; }
    public required TextWriter Talk { get; init; }

    /// <summary>What lies under <c>Out</c>, for bytes that are no text. Flush <c>Out</c> first.</summary>
    public required Stream OutBytes { get; init; }

    /// <summary>Whether whoever read <c>Out</c> has left: nobody is told anything any more.</summary>
    public Func<bool> OutIsGone { get; init; } = static () => false;

    /// <summary>Whether colour is welcome where <c>Out</c> goes.</summary>
    public bool HasColour { get; init; }

    /// <summary>Whether <c>Out</c> is a terminal that understands cursor movement and colour.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>The columns of the terminal that <c>Talk</c> goes to; null where it is none.</summary>
    public Func<int?> TalkWidth { get; init; } = static () => null;

    /// <summary>Whether colour is welcome where <c>Talk</c> goes.</summary>
    public bool TalkHasColour { get; init; }

    /// <summary>Whether somebody can answer a question.</summary>
    public required bool CanAsk { get; init; }

    /// <summary>The command line after the program's name.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public required string CurrentFolder { get; init; }
    public required Func<string, string?> Environment { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>Who types, as the journal names them: <c>user:ada</c>.</summary>
    public string User { get; init; } = $"user:{System.Environment.UserName}";

    public string FullPath(string path) => Path.GetFullPath(path, CurrentFolder);
}
