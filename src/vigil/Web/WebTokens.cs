using System.Security.Cryptography;
using System.Text;
using Vigil.Cli;
using Vigil.Platform;

namespace Vigil.Web;

/// <summary>What somebody may do who opens the page.</summary>
internal enum WebRole { None, View, Act }

/// <summary>The two secrets of a page, 256 bits each: who has the first may read, who has the second may do what a shell of this user may.</summary>
internal sealed record WebTokens(string View, string Act)
{
    private const int Bytes = 32;

    /// <summary>Those of the same folder as last time, so that pages that are open stay open over a restart of the server; new ones where there are none that only this user can read.</summary>
    /// <param name="file">Null: there is no home to keep them in, and they live as long as this program.</param>
    public static WebTokens OpenOrMake(string? file)
    {
        if (file is not null && Read(file) is { } kept) return kept;
        var made = new WebTokens(RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true), RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true));
        if (file is not null) TryKeep(file, made);
        return made;
    }

    /// <summary>Where the tokens of a page over this folder are kept; null: there is no home.</summary>
    public static string? FileOf(CliContext context, string root) =>
        KnownExperiments.File(context.Environment) is { } known ? Path.Combine(Path.GetDirectoryName(known)!, "serve", $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..16]}.tokens") : null;

    private static WebTokens? Read(string file)
    {
        try
        {
            if (FileStatus.Of(file) is not { IsRegular: true, IsMine: true, Permissions: (uint)AtomicFile.OwnerOnly }) return null;
            return File.ReadAllLines(file) is [{ Length: 2 * Bytes } view, { Length: 2 * Bytes } act] ? new(view, act) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void TryKeep(string file, WebTokens tokens)
    {
        try
        {
            PrivateFolder.Create(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, $"{tokens.View}\n{tokens.Act}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A home that is full or read-only: the links of this program hold as long as it runs.
        }
    }
}
