# Each image has a digest of its registry: IMAGES.
for image in $(own_images); do
  tag=$(tutor images printtag "$image" 2>/dev/null | head -n 1 || true)
  digests=$(docker image inspect --format "$(fmt .RepoDigests)" "$tag" 2>/dev/null || true)
  case "$digests" in *sha256:*) ;; *) problem "image ${tag:-$image} was not pushed" ;; esac
done
trailer
