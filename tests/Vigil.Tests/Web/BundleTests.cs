using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Vigil.Tests.House;

namespace Vigil.Tests.Web;

/// <summary>The committed bundle of the page is what its sources make.</summary>
public sealed class BundleTests
{
    private const int MostBytes = 90 << 10;

    private static readonly string Web = Path.Combine(Repository.Root, "src/web");

    [Fact]
    public void The_bundle_was_made_of_the_sources_beside_it()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Web, "dist/manifest.json")));

        foreach (var (part, folder) in (ReadOnlySpan<(string, string)>)[("sources", Web), ("bundle", Path.Combine(Web, "dist"))])
            foreach (var file in manifest.RootElement.GetProperty(part).EnumerateObject())
                Assert.True(file.Value.GetString() == Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file.Name)))), $"{file.Name} is not what the bundle was made of: cd src/web && npm ci && npm run build");
        Assert.Equal(Directory.GetFiles(Path.Combine(Web, "src"), "*", SearchOption.AllDirectories).Length, manifest.RootElement.GetProperty("sources").EnumerateObject().Count(static f => f.Name.StartsWith("src/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Made_anew_it_is_the_same_to_the_byte_and_its_types_hold()
    {
        using var scratch = new TempFolder();
        foreach (var file in (string[])["package.json", "package-lock.json", "tsconfig.json", "build.mjs", ".npmrc"]) File.Copy(Path.Combine(Web, file), scratch[file]);
        Shell.Run("/", "cp", "-r", Path.Combine(Web, "src"), scratch["src"]);

        var fetched = Shell.Run(scratch.Path, "npm", "ci", "--prefer-offline");
        Assert.True(fetched.ExitCode == 0, fetched.ToString());
        var types = Shell.Run(scratch.Path, "npx", "tsc", "--noEmit");
        Assert.True(types.ExitCode == 0, types.ToString());
        var made = Shell.Run(scratch.Path, "node", "build.mjs");
        Assert.True(made.ExitCode == 0, made.ToString());

        foreach (var file in (string[])["app.js", "app.css"]) Assert.Equal(File.ReadAllBytes(Path.Combine(Web, "dist", file)), File.ReadAllBytes(scratch[$"dist/{file}"]));
    }

    [Fact]
    public void All_script_and_style_together_are_small()
    {
        var bytes = 0L;
        foreach (var file in (string[])["app.js", "app.css"])
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(File.ReadAllBytes(Path.Combine(Web, "dist", file)));
            bytes += packed.Length;
        }

        Assert.InRange(bytes, 1, MostBytes);
    }
}
